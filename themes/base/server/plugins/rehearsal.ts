import { serveRequests } from '@cambium/kernel/side-process'
import type { PageRehearsal } from '@cambium/kernel/ui-manifest'

/**
 * Started with `PORTAL_REHEARSAL`, this server answers nobody but the kernel that forked it: it renders one part of a
 * plugin at a time and tells the first thing that is thrown. Only the kernel can tell what hangs, and ends the process.
 */
export default defineNitroPlugin((nitro) => {
  if (import.meta.prerender || !process.env.PORTAL_REHEARSAL) return
  const { public: config } = useRuntimeConfig()
  let rehearsed: (PageRehearsal & { readonly failures: unknown[] }) | undefined

  nitro.hooks.hook('request', (event) => {
    if (!rehearsed) return
    event.context.rehearsal = rehearsed
    event.context.uiManifest = {
      app: config.app,
      revision: 0,
      stylesheet: null,
      plugins: [rehearsed.plugin],
    }
  })

  serveRequests(async (rehearsal: PageRehearsal) => {
    const failures: unknown[] = []
    rehearsed = { ...rehearsal, failures }
    const response = await nitro.localFetch(rehearsal.place, {})
    await response.text()
    if (failures.length > 0) throw failures[0]
    if (!response.ok) throw new Error(`The server answers ${response.status}.`)
    return null
  })
})
