import { Type } from '@sinclair/typebox'
import { defineSettings, setting } from './define-settings.ts'
import { oneOf, someText } from './setting-schemas.ts'

export const serverSettings = defineSettings({
  HOST: setting({
    schema: someText(),
    default: '0.0.0.0',
    group: 'server',
    startOnly: true,
    help: {
      en: 'Address the server listens on. 127.0.0.1 lets only this machine in, :: listens on IPv6 as well.',
      zh: '服务监听的地址。127.0.0.1 只允许本机访问，:: 同时监听 IPv6。',
    },
  }),
  PORT: setting({
    schema: Type.Integer({ minimum: 0, maximum: 65_535 }),
    default: 8000,
    group: 'server',
    startOnly: true,
    help: {
      en: 'TCP port the server listens on. 0 takes any free port, which is then logged.',
      zh: '服务监听的 TCP 端口。0 表示任选一个空闲端口，并写入日志。',
    },
  }),
  BASE_PATH: setting({
    schema: Type.String(),
    default: '',
    group: 'server',
    startOnly: true,
    help: {
      en: 'Path under which a reverse proxy serves this program, for example /gemini-balance. Empty: the root.',
      zh: '反向代理提供本程序时所用的子路径，例如 /gemini-balance。留空表示根路径。',
    },
    refuse: path =>
      path === '' || /^(\/[\w.~-]+)+$/.test(path)
        ? undefined
        : 'must be empty or a path such as /gemini-balance, with a slash in front and none at the end',
  }),
  DATA_DIR: setting({
    schema: someText(),
    default: './data',
    group: 'server',
    startOnly: true,
    help: {
      en: 'Folder for everything the program keeps: the SQLite database and the generated encryption key.',
      zh: '程序保存全部数据的目录：SQLite 数据库以及自动生成的加密密钥。',
    },
  }),
  MAX_BODY_MEGABYTES: setting({
    schema: Type.Integer({ minimum: 1, maximum: 4096 }),
    default: 20,
    unit: 'megabytes',
    group: 'server',
    help: {
      en: 'Largest request body a client may send; a larger one is refused with 413.',
      zh: '客户端请求体的大小上限，超过时返回 413。',
    },
  }),
  BODY_TIMEOUT_SECONDS: setting({
    schema: Type.Integer({ minimum: 1, maximum: 3600 }),
    default: 60,
    unit: 'seconds',
    group: 'server',
    help: {
      en: 'How long a client may take to send a whole request. A slower one is answered with 408.',
      zh: '客户端发送完整请求的时限，超时返回 408。',
    },
  }),
  SHUTDOWN_TIMEOUT_SECONDS: setting({
    schema: Type.Integer({ minimum: 0, maximum: 3600 }),
    default: 30,
    unit: 'seconds',
    group: 'server',
    help: {
      en: 'How long running answers may take to finish when the server is told to stop. 0 cuts them off at once.',
      zh: '服务收到停止信号后，等待进行中的回答结束的最长时间。0 表示立即中断。',
    },
  }),
  TRUST_PROXY_HEADERS: setting({
    schema: Type.Boolean(),
    default: false,
    group: 'server',
    help: {
      en: 'Believe X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host. Switch it on only behind a reverse proxy of your own: otherwise any client can claim any address.',
      zh: '信任 X-Forwarded-For、X-Forwarded-Proto 和 X-Forwarded-Host。仅在自己的反向代理之后才应开启，否则任何客户端都能伪造来源地址。',
    },
  }),
  LOG_LEVEL: setting({
    schema: oneOf(['debug', 'info', 'warn', 'error'], { warning: 'warn', critical: 'error' }),
    default: 'info',
    group: 'logs',
    help: {
      en: 'Lines below this level are not written to the program log.',
      zh: '低于该级别的内容不写入程序日志。',
    },
  }),
  LOG_FORMAT: setting({
    schema: oneOf(['auto', 'json', 'pretty']),
    default: 'auto',
    group: 'logs',
    startOnly: true,
    help: {
      en: 'Form of the program log: one JSON object per line, or coloured lines for people. auto: pretty at a terminal, JSON elsewhere.',
      zh: '程序日志的格式：每行一个 JSON 对象，或便于阅读的彩色文本。auto 表示在终端用彩色文本，其他情况用 JSON。',
    },
  }),
  TIMEZONE: setting({
    schema: someText(),
    default: 'Asia/Shanghai',
    group: 'schedule',
    help: {
      en: 'Time zone, as an IANA name such as Europe/Berlin, in which the nightly clean-up runs at midnight.',
      zh: '每晚零点清理任务所依据的时区，使用 IANA 名称，例如 Asia/Shanghai。',
    },
    refuse: zone =>
      isTimeZone(zone) ? undefined : 'must be the IANA name of a time zone, such as UTC or Asia/Shanghai',
  }),
})

const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
