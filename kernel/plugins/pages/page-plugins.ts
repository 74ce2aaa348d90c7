import path from 'node:path'
import { Scanner } from '@tailwindcss/oxide'
import type { Plugin } from 'vite'
import type { PageBuildRequest } from './page-build.ts'

export { filledLocales } from './filled-locales.ts'

export const entryId = 'virtual:cambium-pages'
const resolvedEntryId = `\0${entryId}`

/** Source of the entry that the manifest determines; see the README beside the manifest. */
export function entrySource({ app, directory, components, locales }: EntryRequest): string {
  const file = (name: string): string => JSON.stringify(path.join(directory, name))
  const localeOf = (name: string): string => JSON.stringify(path.basename(name, '.json'))
  return [
    'export const components = {',
    ...components.map((name) => `  ${name}: () => import(${file(`${app}/${name}.vue`)}),`),
    '}',
    'export const locales = {',
    ...locales.map((name) => `  ${localeOf(name)}: () => import(${file(name)}),`),
    '}',
  ].join('\n')
}

type EntryRequest = Pick<PageBuildRequest, 'app' | 'directory' | 'components' | 'locales'>

export function pageEntry(request: EntryRequest): Plugin {
  const source = entrySource(request)
  return {
    name: 'cambium:page-entry',
    resolveId: (id) => (id === entryId ? resolvedEntryId : undefined),
    load: (id) => (id === resolvedEntryId ? source : undefined),
  }
}

const kitTag = /_resolveComponent\("([UC][A-Z]\w*)"(?:, true)?\)/g

/** `<UButton>` and `<CAmountText>` without an import in the script are the host's: one module each, loaded when used. */
export function kitImports(directory: string, kit = '@cambium/ui/'): Plugin {
  return {
    name: 'cambium:kit-imports',
    enforce: 'post',
    transform(code, id) {
      if (!id.startsWith(directory) || !/\.vue($|\?)/.test(id) || !code.includes('_resolveComponent('))
        return undefined
      const names = new Set<string>()
      const replaced = code.replace(kitTag, (_, name: string) => {
        names.add(name)
        return `_kit_${name}`
      })
      if (names.size === 0) return undefined
      const imports = [...names].map((name) => `import { ${name} as _kit_${name} } from '${kit}${name}'`)
      return { code: `${imports.join('\n')}\n${replaced}`, map: null }
    },
  }
}

/** Pages see routes and the kit; what runs on the server stays there. */
export function importRules({ directory }: PageBuildRequest): Plugin {
  const forbidden = ['server', 'migrations'].map((folder) => path.join(directory, folder) + path.sep)
  return {
    name: 'cambium:import-rules',
    enforce: 'pre',
    async resolveId(id, importer, options) {
      if (importer === undefined || !/^[./]/.test(id)) return undefined
      const resolved = await this.resolve(id, importer, { ...options, skipSelf: true })
      if (resolved && forbidden.some((folder) => resolved.id.startsWith(folder))) {
        this.error(`${path.relative(directory, importer)} imports ${id}: pages may not import server code.`)
      }
      return resolved
    },
  }
}

/** Collects class candidates from every source of the plugin's own that reaches the browser. */
export function candidateScan({ directory }: PageBuildRequest, found: Set<string>): Plugin {
  const scanner = new Scanner({})
  return {
    name: 'cambium:candidate-scan',
    enforce: 'pre',
    transform(code, id) {
      const [file = '', query] = id.split('?')
      if (query !== undefined || !file.startsWith(directory + path.sep)) return undefined
      if (code.includes('@apply')) {
        this.error(
          `${path.relative(directory, file)}: @apply is not available in plugins; write the classes.`,
        )
      }
      const extension = path.extname(file).slice(1)
      const content = [{ content: code, extension }]
      if (extension !== 'json') for (const candidate of scanner.scanFiles(content)) found.add(candidate)
      return undefined
    },
  }
}
