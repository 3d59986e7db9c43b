import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { definePlugin } from '#pipeline/plugin.ts'
import { defineSettings, setting } from '#src/config/define-settings.ts'
import { repairPath } from '#src/web/repair-path.ts'
import { splitUrl } from '#src/web/split-url.ts'

const settings = defineSettings({
  URL_NORMALIZATION_ENABLED: setting({
    schema: Type.Boolean(),
    default: false,
    group: 'server',
    help: {
      en: 'Repair wrong paths that clients build from the base address, such as /v1/v1/chat/completions.',
      zh: '自动修正客户端拼错的路径，例如 /v1/v1/chat/completions。',
    },
  }),
})

/** Wrong paths lead to where they were meant to; right ones cost one look. */
export const smartRouting = definePlugin({
  name: 'smart-routing',
  settings,
  parts: settings => ({
    routes: gateway =>
      new Elysia({ name: 'smart-routing' }).onRequest(({ request }) => {
        if (!settings.URL_NORMALIZATION_ENABLED || !gateway.isOn()) return
        const { path } = splitUrl(request.url)
        if (!path.startsWith(`${gateway.basePath}/`)) return
        const repaired = repairPath(request.method, path.slice(gateway.basePath.length))
        return repaired === null ? undefined : gateway.reroute(request, repaired)
      }),
  }),
})
