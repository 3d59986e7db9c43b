import { Type } from '@sinclair/typebox'
import { defineSettings, setting } from './define-settings.ts'

const days = Type.Integer({ minimum: 1, maximum: 3650 })

export const logSettings = defineSettings({
  ERROR_LOG_RECORD_REQUEST_BODY: setting({
    schema: Type.Boolean(),
    default: false,
    group: 'logs',
    help: {
      en: 'Keep what the client sent beside each error. Helps to find causes, and stores what people write.',
      zh: '在错误日志中保留客户端发送的请求内容。便于排查原因，但会存下用户所写的内容。',
    },
  }),
  AUTO_DELETE_ERROR_LOGS_ENABLED: setting({
    schema: Type.Boolean(),
    default: true,
    group: 'logs',
    help: { en: 'Delete old error logs every night.', zh: '每晚删除过期的错误日志。' },
  }),
  AUTO_DELETE_ERROR_LOGS_DAYS: setting({
    schema: days,
    default: 7,
    unit: 'days',
    group: 'logs',
    help: { en: 'Age at which error logs are deleted.', zh: '错误日志保留的天数，超过即删除。' },
  }),
  AUTO_DELETE_REQUEST_LOGS_ENABLED: setting({
    schema: Type.Boolean(),
    default: true,
    group: 'logs',
    help: {
      en: 'Delete old request logs every night. Statistics are kept apart and stay.',
      zh: '每晚删除过期的请求日志。统计数据另行保存，不受影响。',
    },
  }),
  AUTO_DELETE_REQUEST_LOGS_DAYS: setting({
    schema: days,
    default: 30,
    unit: 'days',
    group: 'logs',
    help: { en: 'Age at which request logs are deleted.', zh: '请求日志保留的天数，超过即删除。' },
  }),
})
