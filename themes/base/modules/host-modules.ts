import { basename } from 'node:path'
import { addServerTemplate, addTemplate, addVitePlugin, defineNuxtModule, resolvePath } from '@nuxt/kit'
import type { Plugin } from 'vite'
import { routesForPages } from '@cambium/kernel/routes-for-pages'
import { firstLoadGroup } from '../build/first-load.ts'
import { kitBundles, kitParts } from '../build/kit-parts.ts'
import { leftOut } from '../build/left-out.ts'
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

/** Calls that only declare: a route or a refusal that no page uses is in no page's script. */
const declarations = ['route', 'refusals']

interface OutputChunk {
  readonly type: string
  readonly fileName: string
  readonly facadeModuleId?: string | null
}

interface HostModules {
  /** Source of the module behind each shared id. Kit parts are named exports: a default one breaks in CommonJS. */
  readonly sources: ReadonlyMap<string, string>
  /** What has no file of its own in a browser: by its id, the module that also exports it. */
  readonly bundled: ReadonlyMap<string, string>
}

function hostModules(nuxtUiFolder: string, kitFolder: string): HostModules {
  const sources = new Map(Object.entries(libraries).map(([id, from]) => [id, `export * from '${from}'`]))
  const bundled = new Map<string, string>()
  for (const [tag, file] of kitParts(nuxtUiFolder, kitFolder)) {
    sources.set(`@cambium/ui/${tag}`, `export { default as ${tag} } from '${file}'`)
  }
  for (const [name, tags] of Object.entries(kitBundles)) {
    const id = `@cambium/ui/${name}`
    sources.set(id, tags.map((tag) => sources.get(`@cambium/ui/${tag}`)).join('\n'))
    for (const tag of tags) bundled.set(`@cambium/ui/${tag}`, id)
  }
  return { sources, bundled }
}

/**
 * Builds each shared module as a chunk of its own with its exports kept, and collects their file names: the targets
 * of the import map through which plugin pages share the host's Vue, router, stores and kit.
 */
function sharedChunks(
  { sources, bundled }: HostModules,
  importMap: Map<string, string>,
  base: string,
): Plugin {
  let entry = ''
  let modules: Iterable<string> = []
  const group = {
    name: firstLoadGroup(
      () => entry,
      () => modules,
      Object.keys(kitBundles).map((name) => `\0${virtualPrefix}@cambium/ui/${name}`),
    ),
    debugName: 'first load',
    priority: 10,
  }
  return {
    name: 'cambium:host-modules',
    applyToEnvironment: (environment) => environment.name === 'client',
    configEnvironment: (name) =>
      name === 'client'
        ? {
            build: {
              rolldownOptions: {
                output: { codeSplitting: { groups: [group] } },
                treeshake: { manualPureFunctions: declarations },
              },
            },
          }
        : undefined,
    buildStart({ input }) {
      entry = Object.values(input)[0] ?? ''
      for (const id of sources.keys()) {
        if (!bundled.has(id))
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
      for (const [id, within] of bundled) importMap.set(id, importMap.get(within) ?? '')
    },
  }
}

function virtualModules({ sources }: HostModules): Plugin {
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
function serverTable({ sources }: HostModules): string {
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
    const modules = hostModules(nuxtUiFolder, kitFolder)
    const importMap = new Map<string, string>()
    const base = `${nuxt.options.app.baseURL.replace(/\/$/, '')}${nuxt.options.app.buildAssetsDir}`

    addVitePlugin(() => virtualModules(modules))
    if (nuxt.options.dev) {
      for (const id of modules.sources.keys()) importMap.set(id, `${base}@id/${virtualPrefix}${id}`)
    } else {
      addVitePlugin(() => sharedChunks(modules, importMap, base), { server: false })
      addVitePlugin(() => [rekaNamespaces(), leftOut(), routesForPages()], { server: false })
    }

    // Nuxt would print a script tag for each of these extra entries into every page. And it would fetch on every first
    // visit whatever might be opened on it one day; what is opened is fetched then, and links fetch their own pages.
    nuxt.hook('build:manifest', (manifest) => {
      for (const [key, file] of Object.entries(manifest)) {
        file.prefetch = false
        if (!key.includes(virtualPrefix) && !file.src?.includes(virtualPrefix)) continue
        file.isEntry = false
        file.preload = false
      }
    })

    addTemplate({ filename: 'cambium-host-modules.mjs', getContents: () => serverTable(modules) })
    addServerTemplate({
      filename: '#cambium/import-map.mjs',
      getContents: () =>
        `export const importMap = ${JSON.stringify({ imports: Object.fromEntries(importMap) })}`,
    })
  },
})
