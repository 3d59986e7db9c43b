import { databaseSettings } from './database-settings.ts'
import type { OwnedSettings } from './declared-settings.ts'
import { keySettings } from './key-settings.ts'
import { fileSettings, imageHostSettings, imageSettings, updateSettings } from './later-settings.ts'
import { logSettings } from './log-settings.ts'
import { mediaSettings } from './media-settings.ts'
import { modelSettings } from './model-settings.ts'
import { pipelineSettings } from './pipeline-settings.ts'
import { securitySettings } from './security-settings.ts'
import { serverSettings } from './server-settings.ts'
import { speechSettings } from './speech-settings.ts'
import { streamSettings } from './stream-settings.ts'
import { upstreamSettings } from './upstream-settings.ts'

/** Every setting that no plugin owns, in the order people should read them. */
export const coreSettings: readonly OwnedSettings[] = [
  { owner: 'server', settings: serverSettings },
  { owner: 'database', settings: databaseSettings },
  { owner: 'security', settings: securitySettings },
  { owner: 'keys', settings: keySettings },
  { owner: 'upstream', settings: upstreamSettings },
  { owner: 'models', settings: modelSettings },
  { owner: 'pipeline', settings: pipelineSettings },
  { owner: 'streams', settings: streamSettings },
  { owner: 'media', settings: mediaSettings },
  { owner: 'logs', settings: logSettings },
  { owner: 'speech', settings: speechSettings },
  { owner: 'images', settings: imageSettings },
  { owner: 'image hosts', settings: imageHostSettings },
  { owner: 'files', settings: fileSettings },
  { owner: 'updates', settings: updateSettings },
]
