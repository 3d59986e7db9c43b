/**
 * Settings of the original whose feature is not built yet. They are declared so that an existing `.env` or database
 * is understood from the first day on; nothing reads them. Each group moves into its plugin when the plugin arrives.
 */
import { Type } from '@sinclair/typebox'
import { defineSettings, setting } from './define-settings.ts'
import { listOfTexts, oneOf, someText } from './setting-schemas.ts'

export const imageSettings = defineSettings({
  IMAGE_MODELS: setting({
    schema: listOfTexts(),
    default: ['gemini-*-image', 'gemini-nano-banana-*'],
    group: 'images',
    help: {
      en: 'Models that may be called with -image at the end of their name and are listed so. * stands for any characters.',
      zh: '可在名称末尾加 -image 调用、并以此名称列出的模型。* 代表任意字符。',
    },
  }),
  CREATE_IMAGE_MODEL: setting({
    schema: someText(),
    default: 'gemini-nano-banana-2.1',
    group: 'images',
    help: {
      en: 'Model behind /v1/images/generations. With -chat at the end of its name it draws in chats.',
      zh: '/v1/images/generations 所用的模型。名称末尾加 -chat 即可在对话中绘图。',
    },
  }),
})

export const imageHostSettings = defineSettings({
  UPLOAD_PROVIDER: setting({
    schema: oneOf(['smms', 'picgo', 'cloudflare_imgbed', 'aliyun_oss']),
    default: 'smms',
    group: 'images',
    help: {
      en: 'Where made images are hosted. Without credentials for it they are sent inside the answer.',
      zh: '生成的图片托管在哪里。未提供相应凭据时，图片直接包含在回答中。',
    },
  }),
  SMMS_SECRET_TOKEN: setting({
    schema: Type.String(),
    default: '',
    group: 'images',
    secret: true,
    help: { en: 'Token of an SM.MS account.', zh: 'SM.MS 账号的令牌。' },
  }),
  PICGO_API_KEY: setting({
    schema: Type.String(),
    default: '',
    group: 'images',
    secret: true,
    help: { en: 'Key of a PicGo (Chevereto) image host.', zh: 'PicGo（Chevereto）图床的密钥。' },
  }),
  PICGO_API_URL: setting({
    schema: someText(),
    default: 'https://www.picgo.net/api/1/upload',
    group: 'images',
    help: { en: 'Upload address of the PicGo image host.', zh: 'PicGo 图床的上传地址。' },
  }),
  CLOUDFLARE_IMGBED_URL: setting({
    schema: Type.String(),
    default: '',
    group: 'images',
    help: {
      en: 'Upload address of a Cloudflare ImgBed, such as https://example.pages.dev/upload.',
      zh: 'Cloudflare ImgBed 的上传地址，例如 https://example.pages.dev/upload。',
    },
  }),
  CLOUDFLARE_IMGBED_AUTH_CODE: setting({
    schema: Type.String(),
    default: '',
    group: 'images',
    secret: true,
    help: { en: 'Access code of the Cloudflare ImgBed.', zh: 'Cloudflare ImgBed 的访问码。' },
  }),
  CLOUDFLARE_IMGBED_UPLOAD_FOLDER: setting({
    schema: Type.String(),
    default: '',
    group: 'images',
    help: {
      en: 'Folder at the Cloudflare ImgBed that images are put into. Empty: its top.',
      zh: '图片存入 Cloudflare ImgBed 的目录。留空表示根目录。',
    },
  }),
  OSS_ENDPOINT: setting({
    schema: Type.String(),
    default: '',
    group: 'images',
    help: {
      en: 'Endpoint of Aliyun OSS, such as oss-cn-shanghai.aliyuncs.com.',
      zh: '阿里云 OSS 的访问域名，例如 oss-cn-shanghai.aliyuncs.com。',
    },
  }),
  OSS_ENDPOINT_INNER: setting({
    schema: Type.String(),
    default: '',
    group: 'images',
    help: {
      en: 'Endpoint of Aliyun OSS inside its own network, for uploads from a machine at Aliyun.',
      zh: '阿里云 OSS 的内网访问域名，供阿里云上的机器上传时使用。',
    },
  }),
  OSS_ACCESS_KEY: setting({
    schema: Type.String(),
    default: '',
    group: 'images',
    secret: true,
    help: { en: 'AccessKey ID for Aliyun OSS.', zh: '阿里云 OSS 的 AccessKey ID。' },
  }),
  OSS_ACCESS_KEY_SECRET: setting({
    schema: Type.String(),
    default: '',
    group: 'images',
    secret: true,
    help: { en: 'AccessKey secret for Aliyun OSS.', zh: '阿里云 OSS 的 AccessKey Secret。' },
  }),
  OSS_BUCKET_NAME: setting({
    schema: Type.String(),
    default: '',
    group: 'images',
    help: { en: 'Bucket of Aliyun OSS that images are put into.', zh: '存放图片的阿里云 OSS 存储空间（Bucket）。' },
  }),
  OSS_REGION: setting({
    schema: Type.String(),
    default: '',
    group: 'images',
    help: { en: 'Region of that bucket, such as cn-shanghai.', zh: '该存储空间所在的地域，例如 cn-shanghai。' },
  }),
})

export const fileSettings = defineSettings({
  FILES_CLEANUP_ENABLED: setting({
    schema: Type.Boolean(),
    default: true,
    group: 'files',
    help: { en: 'Forget uploaded files that have expired at Google.', zh: '清除在 Google 端已过期的上传文件记录。' },
  }),
  FILES_CLEANUP_INTERVAL_HOURS: setting({
    schema: Type.Integer({ minimum: 1, maximum: 720 }),
    default: 1,
    unit: 'hours',
    group: 'files',
    help: { en: 'How often expired files are looked for.', zh: '检查过期文件的间隔。' },
  }),
  FILES_USER_ISOLATION_ENABLED: setting({
    schema: Type.Boolean(),
    default: true,
    group: 'files',
    help: {
      en: 'Each client token sees, uses and deletes only the files it uploaded.',
      zh: '每个客户端令牌只能查看、使用和删除自己上传的文件。',
    },
  }),
})

export const updateSettings = defineSettings({
  GITHUB_REPO_OWNER: setting({
    schema: Type.String(),
    default: '',
    group: 'updates',
    help: {
      en: 'Owner of the GitHub repository whose releases are compared with this version. Empty: no check for updates.',
      zh: '用于比对新版本的 GitHub 仓库的所有者。留空表示不检查更新。',
    },
  }),
  GITHUB_REPO_NAME: setting({
    schema: someText(),
    default: 'gemini-balance',
    group: 'updates',
    help: { en: 'Name of that repository.', zh: '该仓库的名称。' },
  }),
})
