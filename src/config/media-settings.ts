import { Type } from '@sinclair/typebox'
import { defineSettings, setting } from './define-settings.ts'

export const mediaSettings = defineSettings({
  MEDIA_FETCH_ENABLED: setting({
    schema: Type.Boolean(),
    default: true,
    group: 'files',
    help: {
      en: 'Fetch pictures, sounds, films and files that a request names by an http address. Off: such requests are refused, clients must send the data itself. It goes out directly, never through PROXIES or HTTPS_PROXY.',
      zh: '下载请求中以 http 地址引用的图片、音频、视频和文件。关闭则拒绝此类请求，客户端须直接发送数据。下载始终直连，不经过 PROXIES 或 HTTPS_PROXY。',
    },
  }),
  MEDIA_MAX_MEGABYTES: setting({
    schema: Type.Integer({ minimum: 1, maximum: 100 }),
    default: 20,
    unit: 'megabytes',
    group: 'files',
    help: {
      en: 'Largest file that is fetched from such an address.',
      zh: '从此类地址下载的单个文件的大小上限。',
    },
  }),
  MEDIA_TIMEOUT_SECONDS: setting({
    schema: Type.Integer({ minimum: 1, maximum: 600 }),
    default: 20,
    unit: 'seconds',
    group: 'files',
    help: {
      en: 'How long one such file may take from first to last, redirects and waiting for a turn included.',
      zh: '下载单个文件的最长总时间，包括重定向和排队等待。',
    },
  }),
  MEDIA_MAX_REDIRECTS: setting({
    schema: Type.Integer({ minimum: 0, maximum: 20 }),
    default: 3,
    group: 'files',
    help: {
      en: 'How many redirects are followed on the way to such a file. Each one is checked like the first address. 0: none.',
      zh: '下载文件时允许跟随的重定向次数，每次都会像首个地址一样接受检查。0 表示不跟随。',
    },
  }),
  MEDIA_ALLOW_PRIVATE_ADDRESSES: setting({
    schema: Type.Boolean(),
    default: false,
    group: 'files',
    help: {
      en: 'Also fetch from this machine and from private networks (127.x, 10.x, 172.16.x, 192.168.x, 100.64.x, 198.18.x, fc00::). Whoever has a token can then read what is there. Needed behind a proxy that answers names with addresses of 198.18.x ("fake IP").',
      zh: '允许从本机和内网地址（127.x、10.x、172.16.x、192.168.x、100.64.x、198.18.x、fc00::）下载。开启后，持有令牌的人都能读取其中的内容。使用 Clash 等代理的 fake-ip 模式（域名解析为 198.18.x）时需要开启。',
    },
  }),
})
