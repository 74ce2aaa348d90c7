import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { entrySource, filledLocales, kitImports } from '@cambium/kernel/page-plugins'
import { addVitePlugin, defineNuxtModule } from '@nuxt/kit'
import type { Plugin } from 'vite'
import { sharedModulePrefix } from '../build/shared-modules.ts'

const pluginsDirectory = fileURLToPath(new URL('../../../plugins', import.meta.url))
const prefix = 'virtual:cambium-pages/'

function filesIn(folder: string, ending: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(ending)) : []
}

/** The entry of a plugin's pages, made from its folder as it is now: any page may be named by the manifest. */
function entries(app: 'portal' | 'admin'): Plugin {
  return {
    name: 'cambium:development-pages',
    enforce: 'pre',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${prefix}`)) return undefined
      const pluginId = id.slice(prefix.length + 1)
      const directory = path.join(pluginsDirectory, pluginId)
      const components = filesIn(path.join(directory, app), '.vue').map((name) => path.basename(name, '.vue'))
      const locales = filesIn(path.join(directory, 'locales'), '.json').map((name) => `locales/${name}`)
      return entrySource({ app, directory, components, locales })
    },
  }
}

/**
 * `npm run dev` only: plugin pages come from this app's own development server, so that a saved page changes in the open
 * tab and keeps its state. The kernel names `/_nuxt/@id/virtual:cambium-pages/<id>` as their module then.
 */
export default defineNuxtModule({
  meta: { name: 'cambium-development-pages' },
  setup(_, nuxt) {
    if (!nuxt.options.dev) return
    const app = nuxt.options.runtimeConfig.public.app as 'portal' | 'admin'
    // The sheet has the classes of plugins too: the kernel's own one, over what is enabled, is made of bundles.
    nuxt.hook('app:templates', ({ templates }) => {
      const sheet = templates.find(({ filename }) => filename === 'ui.css')
      const contents = sheet?.getContents
      if (sheet && contents) {
        sheet.getContents = async (data) =>
          `${await contents(data)}\n@source "${pluginsDirectory}/*/${app}/**/*";\n`
      }
    })
    addVitePlugin(
      () => [
        entries(app),
        filledLocales(),
        kitImports(pluginsDirectory, `${sharedModulePrefix}@cambium/ui/`),
      ],
      {
        server: false,
      },
    )
  },
})
