import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../setup/index.ts'
import type { AuthorPackage } from './author-package.ts'
import { bundleDeclarations } from './bundle-declarations.ts'
import { emitDeclarations, runTool } from './emit-declarations.ts'
import { kitDirectory, portalDirectory, workspaceManifest } from './place.ts'

/** The host's own list of parts, so that what is declared is what is there. */
interface KitParts {
  /** Component files by tag. */
  kitParts(nuxtUiFolder: string, kitFolder: string): ReadonlyMap<string, string>
}

const tsconfig = path.join(portalDirectory, '.nuxt/tsconfig.app.json')

/** Of libraries that only a server of the portal has. */
const leftOut = ['@nuxt/content', '@tiptap', 'ai', 'motion-v', 'tailwindcss']

/** `@cambium/ui` for authors: declarations of composables and parts, which are the host's at run time. */
export async function makeKitPackage(draft: string, kernelVersion: string): Promise<AuthorPackage> {
  await emitKit(draft)
  const own = await workspaceManifest(kitDirectory)
  const parts = await partFiles(draft)
  const partsFile = path.join(draft, 'parts.d.ts')
  const reexports = [...parts].map(([tag, file]) => `export { default as ${tag} } from '${file}'`)
  await writeFile(partsFile, reexports.join('\n'))
  const peers = ['vue', 'vue-router']
  const { files, takenIn } = await bundleDeclarations({
    input: {
      index: path.join(draft, 'themes/base/app/ui/index.d.ts'),
      charts: path.join(draft, 'themes/base/app/ui/charts.d.ts'),
      'all-parts': partsFile,
    },
    installed: [...peers, '@vue/reactivity', '@cambium/kernel'],
    leftOut,
    replaced: (id) => replacement(id, draft),
  })
  return {
    name: '@cambium/ui',
    manifest: {
      description: 'Declarations of the kit that pages of Cambium plugins are made of.',
      type: 'module',
      exports: {
        '.': { types: './index.d.ts' },
        './charts': { types: './charts.d.ts' },
        './tags': { types: './tags.d.ts' },
        './*': { types: './parts-by-name/*.d.ts' },
      },
      dependencies: { '@cambium/kernel': kernelVersion, '@vue/reactivity': `^${own.dependencies.vue}` },
      peerDependencies: Object.fromEntries(peers.map((name) => [name, `^${own.dependencies[name]}`])),
    },
    files: new Map([...files, ...partDeclarations([...parts.keys()])]),
    takenIn,
  }
}

/** The kit as the portal's compiler sees it, with the names that Nuxt makes available everywhere. */
async function emitKit(draft: string): Promise<void> {
  await runTool([path.join(root, 'node_modules/nuxt/bin/nuxt.mjs'), 'prepare'], portalDirectory)
  await emitDeclarations({
    compiler: 'vue-tsc/bin/vue-tsc.js',
    extends: tsconfig,
    include: [
      path.join(portalDirectory, '.nuxt/nuxt.d.ts'),
      // Colours, sizes and variants of the parts are read off their styles.
      path.join(portalDirectory, '.nuxt/ui/**/*.ts'),
      path.join(kitDirectory, 'app/ui/*.ts'),
      path.join(kitDirectory, 'app/components/kit/*.vue'),
    ],
    directory: draft,
  })
}

async function partFiles(draft: string): Promise<ReadonlyMap<string, string>> {
  const list = pathToFileURL(path.join(kitDirectory, 'build/kit-parts.ts')).href
  const { kitParts } = (await import(list)) as KitParts
  const { resolve } = createRequire(path.join(kitDirectory, 'package.json'))
  const nuxtUiFolder = path.dirname(resolve('@nuxt/ui/components/Button.vue'))
  const parts = kitParts(nuxtUiFolder, path.join(kitDirectory, 'app/components/kit'))
  const emitted = (file: string): string =>
    file.startsWith(kitDirectory) ? path.join(draft, path.relative(root, file)) : file
  return new Map([...parts].map(([tag, file]) => [tag, emitted(file)]))
}

/** What is read off the portal as it is built, and what of Nuxt would bring all of it along. */
function replacement(
  id: string,
  draft: string,
): { readonly file: string } | { readonly text: string } | undefined {
  if (id.startsWith('#build/ui/')) {
    return { file: path.join(draft, 'portal-nuxt/.nuxt/ui', `${id.slice('#build/ui/'.length)}.d.ts`) }
  }
  switch (id) {
    case '@nuxt/schema':
      return { text: 'export interface AppConfig {}' }
    case 'superstruct':
      return { text: 'export interface Struct<T, S> { readonly TYPE: T; readonly schema: S }' }
    default:
      return undefined
  }
}

/** A module for each part, and all of them as tags that templates use without an import. */
function partDeclarations(tags: readonly string[]): [string, string][] {
  const modules = tags.map((tag): [string, string] => [
    `parts-by-name/${tag}.d.ts`,
    `export { ${tag} } from '../all-parts.js'\n`,
  ])
  const global = [
    "import type * as parts from './all-parts.js'",
    '',
    "declare module 'vue' {",
    '  export interface GlobalComponents {',
    ...tags.map((tag) => `    ${tag}: typeof parts.${tag}`),
    '  }',
    '}',
    '',
  ]
  return [...modules, ['tags.d.ts', global.join('\n')]]
}
