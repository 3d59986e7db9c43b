import { demandOf } from './accept-value.ts'
import { type Declared, declareSettings, type OwnedSettings } from './declared-settings.ts'
import type { SettingGroup } from './define-settings.ts'
import { writeValue } from './write-value.ts'

const titles: Readonly<Record<SettingGroup, string>> = {
  server: 'Server · 服务',
  database: 'Database · 数据库',
  security: 'Security · 安全',
  keys: 'Keys · 密钥',
  upstream: 'Upstream · 上游',
  models: 'Models · 模型',
  thinking: 'Thinking · 思考',
  tools: 'Tools · 工具',
  safety: 'Safety · 安全过滤',
  speech: 'Speech · 语音',
  images: 'Images · 图像',
  files: 'Files · 文件',
  streams: 'Streams · 流式输出',
  logs: 'Logs · 日志',
  schedule: 'Schedule · 定时任务',
  updates: 'Updates · 更新',
}

const preface = `# Settings of gemini-balance. Copy this file to .env and remove the "# " in front of the lines to change.
# A variable of the environment wins over this file, a value saved on the dashboard wins over both.
# gemini-balance 的全部设置。复制为 .env，去掉需要修改的行首的 "# " 即可。
# 环境变量优先于本文件，管理页面中保存的值优先于两者。
`

/** The text of `.env.example`: every setting with its help, what it may be, and its default, commented out. */
export const generateExample = (groups: readonly OwnedSettings[]): string => {
  const declared = [...declareSettings(groups).values()]
  const sections = Object.entries(titles).map(([group, title]) => {
    const members = declared.filter(({ setting }) => setting.group === group)
    return members.length === 0 ? '' : `\n# ── ${title} ──\n\n${members.map(entryOf).join('\n')}`
  })
  return preface + sections.join('')
}

const entryOf = ({ name, setting, type }: Declared): string => {
  const rules = [
    type.kind === 'text' ? '' : `${demandOf(type, setting.unit).replace('must be', 'Must be')}.`,
    setting.secret ? 'Secret.' : '',
    setting.startOnly ? 'Read at start only.' : '',
  ]
  const lines = [setting.help.en, setting.help.zh, rules.filter(Boolean).join(' ')].filter(Boolean)
  return `${[...lines, `${name}=${writeValue(setting.default)}`].map(line => `# ${line}`).join('\n')}\n`
}
