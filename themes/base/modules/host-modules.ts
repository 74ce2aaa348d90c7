import { basename } from 'node:path'
import { addServerTemplate, addTemplate, addVitePlugin, defineNuxtModule, resolvePath } from '@nuxt/kit'
import type { Plugin } from 'vite'
import { routesForPages } from '@cambium/kernel/routes-for-pages'
import { firstLoadGroup } from '../build/first-load.ts'
import { kitParts } from '../build/kit-parts.ts'
import { lazyToaster } from '../build/lazy-toaster.ts'
import { rekaNamespaces } from '../build/reka-namespaces.ts'
import { sharedModulePrefix as virtualPrefix } from '../build/shared-modules.ts'

/** What plugin pages import from the host beside the kit; one instance of each in a tab. */
const libraries: Readonly<Record<string, string>> = {
  vue: 'vue',
  'vue-router': 'vue-router',
  pinia: 'pinia',
  '@cambium/kernel/contract': '@cambium/kernel/contract',
  '@cambium/kernel/money': '@cambium/kernel/money',
  '@cambium/ui': '@cambium/ui',
  '@cambium/ui/charts': '@cambium/ui/charts',
}

interface OutputChunk {
  readonly type: string
  readonly fileName: string
  readonly facadeModuleId?: string | null
}

/** Source of the module behind each shared id. Kit parts are named exports: a default one breaks in CommonJS. */
function moduleSources(nuxtUiFolder: string, kitFolder: string): Map<string, string> {
  const sources = new Map(Object.entries(libraries).map(([id, from]) => [id, `export * from '${from}'`]))
  for (const [tag, file] of kitParts(nuxtUiFolder, kitFolder)) {
    sources.set(`@cambium/ui/${tag}`, `export { default as ${tag} } from '${file}'`)
  }
  return sources
}

/**
 * Builds each shared module as a chunk of its own with its exports kept, and collects their file names: the targets
 * of the import map through which plugin pages share the host's Vue, router, stores and kit.
 */
function sharedChunks(sources: Map<string, string>, importMap: Map<string, string>, base: string): Plugin {
  let entry = ''
  let modules: Iterable<string> = []
  const group = {
    name: firstLoadGroup(
      () => entry,
      () => modules,
    ),
    debugName: 'first load',
    priority: 10,
  }
  return {
    name: 'cambium:host-modules',
    applyToEnvironment: (environment) => environment.name === 'client',
    configEnvironment: (name) =>
      name === 'client'
        ? { build: { rolldownOptions: { output: { codeSplitting: { groups: [group] } } } } }
        : undefined,
    buildStart({ input }) {
      entry = Object.values(input)[0] ?? ''
      for (const id of sources.keys()) {
        this.emitFile({ type: 'chunk', id: virtualPrefix + id, preserveSignature: 'strict' })
      }
    },
    renderStart() {
      modules = this.getModuleIds()
    },
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle) as OutputChunk[]) {
        const id = chunk.facadeModuleId ?? ''
        const at = id.indexOf(virtualPrefix)
        if (chunk.type === 'chunk' && at >= 0) {
          importMap.set(id.slice(at + virtualPrefix.length), base + basename(chunk.fileName))
        }
      }
    },
  }
}

function virtualModules(sources: Map<string, string>): Plugin {
  return {
    name: 'cambium:host-module-sources',
    enforce: 'pre',
    resolveId: (id) => (id.startsWith(virtualPrefix) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${virtualPrefix}`)) return undefined
      return sources.get(id.slice(virtualPrefix.length + 1)) ?? null
    },
  }
}

/** The same instances for plugin pages rendered on the server, as a table for their `require`. */
function serverTable(sources: Map<string, string>): string {
  const ids = [...sources.keys()].filter((id) => id !== '@cambium/ui/charts')
  const imports = ids.map((id, at) => `import * as m${at} from '${virtualPrefix}${id}'`)
  const rows = ids.map((id, at) => `  [${JSON.stringify(id)}, m${at}],`)
  return [
    "import * as serverRenderer from 'vue/server-renderer'",
    ...imports,
    'export const hostModules = new Map([',
    ...rows,
    "  ['vue/server-renderer', serverRenderer],",
    "  ['@cambium/ui/charts', {}],",
    '])',
  ].join('\n')
}

export default defineNuxtModule({
  meta: { name: 'cambium-host-modules' },
  async setup(_, nuxt) {
    const kitFolder = await resolvePath('@cambium/ui').then((path) =>
      path.replace(/\/ui(\/index\.ts)?$/, '/components/kit'),
    )
    const nuxtUiFolder = (await resolvePath('@nuxt/ui/components/Button.vue')).replace(/\/Button\.vue$/, '')
    const sources = moduleSources(nuxtUiFolder, kitFolder)
    const importMap = new Map<string, string>()
    const base = `${nuxt.options.app.baseURL.replace(/\/$/, '')}${nuxt.options.app.buildAssetsDir}`

    addVitePlugin(() => virtualModules(sources))
    if (nuxt.options.dev) {
      for (const id of sources.keys()) importMap.set(id, `${base}@id/${virtualPrefix}${id}`)
    } else {
      addVitePlugin(() => sharedChunks(sources, importMap, base), { server: false })
      addVitePlugin(() => [rekaNamespaces(), lazyToaster(), routesForPages()], { server: false })
    }

    // Nuxt would print a script tag for each of these extra entries into every page.
    nuxt.hook('build:manifest', (manifest) => {
      for (const [key, file] of Object.entries(manifest)) {
        if (!key.includes(virtualPrefix) && !file.src?.includes(virtualPrefix)) continue
        file.isEntry = false
        file.preload = false
        file.prefetch = false
      }
    })

    addTemplate({ filename: 'cambium-host-modules.mjs', getContents: () => serverTable(sources) })
    addServerTemplate({
      filename: '#cambium/import-map.mjs',
      getContents: () =>
        `export const importMap = ${JSON.stringify({ imports: Object.fromEntries(importMap) })}`,
    })
  },
})
