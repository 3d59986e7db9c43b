import { Type } from '@sinclair/typebox'
import { defineSettings, setting } from './define-settings.ts'
import { listOfTexts, someText } from './setting-schemas.ts'

export const upstreamSettings = defineSettings({
  BASE_URL: setting({
    schema: someText(),
    default: 'https://generativelanguage.googleapis.com/v1beta',
    group: 'upstream',
    help: {
      en: 'Address of the Gemini API with the version at its end, so that a mirror or a gateway such as Cloudflare AI Gateway can stand in between.',
      zh: 'Gemini API 的地址，末尾带版本号；可改为镜像或 Cloudflare AI Gateway 之类的网关。',
    },
    refuse: address => refuseAddress(address),
  }),
  VERTEX_EXPRESS_BASE_URL: setting({
    schema: someText(),
    default: 'https://aiplatform.googleapis.com/v1beta1/publishers/google',
    group: 'upstream',
    help: {
      en: 'Address of Vertex AI in express mode, up to and including the publisher.',
      zh: 'Vertex AI 快速模式（Express）的地址，包含到发布者（publisher）为止。',
    },
    refuse: address => refuseAddress(address),
  }),
  TIME_OUT: setting({
    schema: Type.Integer({ minimum: 1, maximum: 3600 }),
    default: 300,
    unit: 'seconds',
    group: 'upstream',
    help: {
      en: 'How long to wait for the first byte of an answer from Google. Models that think for long need minutes.',
      zh: '等待 Google 返回首个字节的最长时间。长时间思考的模型可能需要几分钟。',
    },
  }),
  CONNECT_TIMEOUT_SECONDS: setting({
    schema: Type.Integer({ minimum: 1, maximum: 300 }),
    default: 10,
    unit: 'seconds',
    group: 'upstream',
    help: {
      en: 'How long a connection to Google, or to the proxy, may take to come about.',
      zh: '与 Google 或代理建立连接的最长时间。',
    },
  }),
  PROGRESS_TIMEOUT_SECONDS: setting({
    schema: Type.Integer({ minimum: 1, maximum: 3600 }),
    default: 120,
    unit: 'seconds',
    group: 'upstream',
    help: {
      en: 'How long a stream may stand still, counted from the last new content. The client is then told that it stalled.',
      zh: '流式回答自上次出现新内容起允许停顿的最长时间，超时后会告知客户端回答已中断。',
    },
  }),
  PROXIES: setting({
    schema: listOfTexts(),
    default: [],
    group: 'upstream',
    secret: true,
    help: {
      en: 'Proxies for all traffic to Google: http://, https:// or socks5:// addresses, with user and password where needed. Empty: directly.',
      zh: '访问 Google 时使用的代理：http://、https:// 或 socks5:// 地址，可带用户名和密码。留空表示直连。',
    },
    refuse: proxies => {
      const entry = proxies.findIndex(proxy => !isProxy(proxy))
      if (entry < 0) return undefined
      return `must hold addresses such as http://host:3128 or socks5://user:password@host:1080, unlike entry ${entry + 1}`
    },
  }),
  PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY: setting({
    schema: Type.Boolean(),
    default: true,
    group: 'upstream',
    help: {
      en: 'Each key always goes through the same proxy, also after a restart. Off: a proxy is drawn for every request.',
      zh: '每个密钥始终使用同一个代理，重启后也不变。关闭则每次请求随机选择代理。',
    },
  }),
  PROXY_FAILOVER: setting({
    schema: Type.Boolean(),
    default: true,
    group: 'upstream',
    help: {
      en: 'A key whose proxy is broken goes through another one until its own is back. Off: it is passed over until then, so that Google never sees it come from elsewhere.',
      zh: '密钥所用的代理失效时，暂时改用其他代理，恢复后再切回。关闭则等待原代理恢复，使 Google 始终看到该密钥来自同一地址。',
    },
  }),
  CUSTOM_HEADERS: setting({
    schema: Type.Record(Type.String(), Type.String()),
    default: {},
    group: 'upstream',
    secret: true,
    help: {
      en: 'Headers added to every request to Google, in place of those of the same name; for gateways that ask for a key of their own.',
      zh: '附加到每个发往 Google 的请求上的请求头，同名时取代原有值；适用于需要自身密钥的网关。',
    },
    refuse: headers =>
      Object.entries(headers).every(([name, value]) => headerName.test(name) && headerValue.test(value))
        ? undefined
        : 'must hold only names and values that can stand in an HTTP header, without line breaks',
  }),
})

const refuseAddress = (address: string): string | undefined => {
  const url = URL.parse(address)
  const fits =
    url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username === ''
  return fits ? undefined : 'must be an address that starts with https:// or http:// and has no user, no ? and no #'
}

const isProxy = (proxy: string): boolean => {
  const url = URL.parse(proxy)
  return url !== null && /^(https?|socks5h?):$/.test(url.protocol) && url.hostname !== ''
}

/** RFC 9110, sections 5.1 and 5.5, without obsolete bytes. */
const headerName = /^[!#$%&'*+.^`|~\w-]+$/
const headerValue = /^[\t\x20-\x7e]*$/
