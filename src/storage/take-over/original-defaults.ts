/**
 * What the original (gemini-balance 2.2.8) uses where nobody set anything. It writes all of this into `t_settings` at its
 * first start, so a row with such a value says nothing about what a person wants.
 */
export const originalDefaults: Readonly<Record<string, unknown>> = {
  ALLOWED_TOKENS: [],
  AUTH_TOKEN: '',
  BASE_URL: 'https://generativelanguage.googleapis.com/v1beta',
  MAX_FAILURES: 3,
  TEST_MODEL: 'gemini-2.5-flash-lite',
  TIME_OUT: 300,
  MAX_RETRIES: 3,
  PROXIES: [],
  PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY: true,
  VERTEX_EXPRESS_BASE_URL: 'https://aiplatform.googleapis.com/v1beta1/publishers/google',
  URL_NORMALIZATION_ENABLED: false,
  CUSTOM_HEADERS: {},
  SEARCH_MODELS: ['gemini-2.5-flash', 'gemini-2.5-pro'],
  IMAGE_MODELS: ['gemini-2.0-flash-exp', 'gemini-2.5-flash-image-preview'],
  FILTERED_MODELS: [
    'gemini-1.0-pro-vision-latest',
    'gemini-pro-vision',
    'chat-bison-001',
    'text-bison-001',
    'embedding-gecko-001',
  ],
  TOOLS_CODE_EXECUTION_ENABLED: false,
  URL_CONTEXT_ENABLED: false,
  URL_CONTEXT_MODELS: [
    'gemini-2.5-pro',
    'gemini-2.5-flash',
    'gemini-2.5-flash-lite',
    'gemini-2.0-flash',
    'gemini-2.0-flash-live-001',
  ],
  SHOW_SEARCH_LINK: true,
  SHOW_THINKING_PROCESS: true,
  THINKING_MODELS: [],
  THINKING_BUDGET_MAP: {},
  SAFETY_SETTINGS: [
    { category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' },
    { category: 'HARM_CATEGORY_HATE_SPEECH', threshold: 'OFF' },
    { category: 'HARM_CATEGORY_SEXUALLY_EXPLICIT', threshold: 'OFF' },
    { category: 'HARM_CATEGORY_DANGEROUS_CONTENT', threshold: 'OFF' },
    { category: 'HARM_CATEGORY_CIVIC_INTEGRITY', threshold: 'BLOCK_NONE' },
  ],
  TTS_MODEL: 'gemini-2.5-flash-preview-tts',
  TTS_VOICE_NAME: 'Zephyr',
  TTS_SPEED: 'normal',
  CREATE_IMAGE_MODEL: 'imagen-3.0-generate-002',
  UPLOAD_PROVIDER: 'smms',
  SMMS_SECRET_TOKEN: '',
  PICGO_API_KEY: '',
  PICGO_API_URL: 'https://www.picgo.net/api/1/upload',
  CLOUDFLARE_IMGBED_URL: '',
  CLOUDFLARE_IMGBED_AUTH_CODE: '',
  CLOUDFLARE_IMGBED_UPLOAD_FOLDER: '',
  OSS_ENDPOINT: '',
  OSS_ENDPOINT_INNER: '',
  OSS_ACCESS_KEY: '',
  OSS_ACCESS_KEY_SECRET: '',
  OSS_BUCKET_NAME: '',
  OSS_REGION: '',
  STREAM_OPTIMIZER_ENABLED: false,
  STREAM_MIN_DELAY: 0.016,
  STREAM_MAX_DELAY: 0.024,
  STREAM_SHORT_TEXT_THRESHOLD: 10,
  STREAM_LONG_TEXT_THRESHOLD: 50,
  STREAM_CHUNK_SIZE: 5,
  FAKE_STREAM_ENABLED: false,
  FAKE_STREAM_EMPTY_DATA_INTERVAL_SECONDS: 5,
  CHECK_INTERVAL_HOURS: 1,
  TIMEZONE: 'Asia/Shanghai',
  GITHUB_REPO_OWNER: 'snailyp',
  GITHUB_REPO_NAME: 'gemini-balance',
  LOG_LEVEL: 'INFO',
  ERROR_LOG_RECORD_REQUEST_BODY: false,
  AUTO_DELETE_ERROR_LOGS_ENABLED: true,
  AUTO_DELETE_ERROR_LOGS_DAYS: 7,
  AUTO_DELETE_REQUEST_LOGS_ENABLED: false,
  AUTO_DELETE_REQUEST_LOGS_DAYS: 30,
  FILES_CLEANUP_ENABLED: true,
  FILES_CLEANUP_INTERVAL_HOURS: 1,
  FILES_USER_ISOLATION_ENABLED: true,
  ADMIN_SESSION_EXPIRE: 3600,
}

/** Whether a row of `t_settings` holds what the original would use anyway. Unknown names never do. */
export const isOriginalDefault = (name: string, text: string): boolean => {
  const standard = Object.hasOwn(originalDefaults, name) ? originalDefaults[name] : undefined
  if (standard === undefined) return false
  if (typeof standard === 'string') return text === standard
  if (typeof standard === 'boolean') return (text.toLowerCase() === 'true') === standard
  if (typeof standard === 'number') return text.trim() !== '' && Number(text) === standard
  return Bun.deepEquals(parseOrUndefined(text), standard)
}

const parseOrUndefined = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
