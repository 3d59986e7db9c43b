import { Type } from '@sinclair/typebox'
import { defineSettings, setting } from './define-settings.ts'
import { oneOf, someText } from './setting-schemas.ts'

const shortestEncryptionKey = 16

export const databaseSettings = defineSettings({
  DATABASE_TYPE: setting({
    schema: oneOf(['sqlite', 'mysql']),
    default: 'sqlite',
    group: 'database',
    startOnly: true,
    help: {
      en: 'sqlite keeps everything in a file of DATA_DIR and needs no set-up; mysql (or MariaDB) lets several servers share one database.',
      zh: 'sqlite 把数据存放在 DATA_DIR 下的一个文件中，无需任何准备；mysql（或 MariaDB）可供多台服务器共用一个数据库。',
    },
  }),
  SQLITE_DATABASE: setting({
    schema: someText(),
    default: 'default_db',
    group: 'database',
    startOnly: true,
    help: {
      en: 'Name of the database file inside DATA_DIR. Used with DATABASE_TYPE=sqlite.',
      zh: 'DATA_DIR 中数据库文件的名称，在 DATABASE_TYPE=sqlite 时使用。',
    },
    refuse: name =>
      /[/\\\0]/.test(name) || name === '.' || name === '..'
        ? 'must be the name of a file, without a folder in front of it'
        : undefined,
  }),
  MYSQL_HOST: setting({
    schema: Type.String(),
    default: '',
    group: 'database',
    startOnly: true,
    help: {
      en: 'Host name or address of the MySQL server. Not used when MYSQL_SOCKET is set.',
      zh: 'MySQL 服务器的主机名或地址。设置了 MYSQL_SOCKET 时不使用。',
    },
  }),
  MYSQL_PORT: setting({
    schema: Type.Integer({ minimum: 1, maximum: 65_535 }),
    default: 3306,
    group: 'database',
    startOnly: true,
    help: { en: 'TCP port of the MySQL server.', zh: 'MySQL 服务器的 TCP 端口。' },
  }),
  MYSQL_USER: setting({
    schema: Type.String(),
    default: '',
    group: 'database',
    startOnly: true,
    help: { en: 'User name at the MySQL server.', zh: '登录 MySQL 服务器的用户名。' },
  }),
  MYSQL_PASSWORD: setting({
    schema: Type.String(),
    default: '',
    group: 'database',
    startOnly: true,
    secret: true,
    help: { en: 'Password of that user.', zh: '该用户的密码。' },
  }),
  MYSQL_DATABASE: setting({
    schema: Type.String(),
    default: '',
    group: 'database',
    startOnly: true,
    help: {
      en: 'Name of the database at the MySQL server. It must exist; its tables are made by the program.',
      zh: 'MySQL 服务器上的数据库名。该数据库必须已存在，其中的表由程序自行创建。',
    },
  }),
  MYSQL_SOCKET: setting({
    schema: Type.String(),
    default: '',
    group: 'database',
    startOnly: true,
    help: {
      en: 'Path of the Unix socket of a MySQL server on this machine. Empty: connect to MYSQL_HOST and MYSQL_PORT.',
      zh: '本机 MySQL 服务器的 Unix 套接字路径。留空则连接 MYSQL_HOST 与 MYSQL_PORT。',
    },
  }),
  ENCRYPTION_KEY: setting({
    schema: Type.String(),
    default: '',
    group: 'database',
    startOnly: true,
    secret: true,
    help: {
      en: `Pass phrase that encrypts keys and tokens in the database, at least ${shortestEncryptionKey} characters; several servers on one database need the same one. Empty: one is made at first start and kept in DATA_DIR.`,
      zh: `用于加密数据库中密钥和令牌的口令，至少 ${shortestEncryptionKey} 个字符；共用一个数据库的多台服务器必须使用同一个。留空则在首次启动时自动生成并保存在 DATA_DIR 中。`,
    },
    refuse: key =>
      key === '' || key.length >= shortestEncryptionKey
        ? undefined
        : `must be empty or have at least ${shortestEncryptionKey} characters`,
  }),
})
