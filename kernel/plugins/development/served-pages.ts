import { createHash } from 'node:crypto'
import type { PageBuilder } from '../pages/page-builder.ts'
import { componentNames } from '../component-names.ts'

/**
 * In development the portal's own server hands out the plugins' pages as they are on the disk, and swaps what is saved
 * in the open tab by itself; the other frontend gets bundles as always. Another set of components is another generation,
 * a saved component is not.
 */
export function servedPages(builder: PageBuilder): PageBuilder {
  return {
    build: async (plugin) => {
      // An installed package's pages lie in no plugin folder; they are as they were built.
      if (plugin.pages) return plugin.pages
      const { manifest } = plugin
      const { portal, ...others } = manifest.ui ?? {}
      const built = await builder.build({ ...plugin, manifest: { ...manifest, ui: others } })
      const components = componentNames(portal)
      if (components.length === 0) return built
      const hash = createHash('sha256').update(components.join()).digest('hex').slice(0, 16)
      const module = `/_nuxt/@id/virtual:cambium-pages/${manifest.id}`
      const integrity = { module: '', ssr: null }
      return { ...built, portal: { hash, module, hasCss: false, integrity, candidates: [] } }
    },
    stop: () => builder.stop(),
  }
}
