import path from 'node:path'
import { rolldown, type Plugin } from 'rolldown'
import { kernelDirectory, packageOf } from './place.ts'

export interface BundledCode {
  /** JavaScript by file name, in the tree of the sources. */
  readonly files: ReadonlyMap<string, string>
  /** Packages that it imports. */
  readonly imported: readonly string[]
}

/** Run by path: the command itself, and the processes that pages are built and packages inspected in. */
const programs = [
  'authoring/cambium-plugin.ts',
  'plugins/pages/build-pages.ts',
  'plugins/packages/inspect-code.ts',
]
/** Its source starts a platform; an author's is in a checkout. */
const testing = ['testing/index.ts', 'authoring/checkout-testing.ts'] as const

/** JavaScript of the public faces and of what plugins are packed with. What none of them asks for is left out. */
export async function bundleCode(faces: ReadonlyMap<string, string>): Promise<BundledCode> {
  const sources = [...faces.values(), ...programs].map((file): [string, string] => [
    file.replace('.ts', ''),
    path.join(kernelDirectory, file === testing[0] ? testing[1] : file),
  ])
  const build = await rolldown({
    input: Object.fromEntries(sources),
    platform: 'node',
    external: (id) => !/^[./]/.test(id) && !id.startsWith('@cambium/'),
    // No module of the kernel does anything by being loaded but the programs, which are kept as they are named.
    treeshake: { moduleSideEffects: (id) => programs.some((file) => id.endsWith(`/kernel/${file}`)) },
    plugins: [programNames],
    logLevel: 'warn',
  })
  const { output } = await build.generate({
    format: 'es',
    preserveModules: true,
    preserveModulesRoot: kernelDirectory,
    entryFileNames: '[name].js',
  })
  await build.close()
  const chunks = output.filter((file) => file.type === 'chunk')
  const imported = chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])
  return {
    files: new Map(chunks.map(({ fileName, code }) => [fileName, code])),
    imported: [...new Set(imported.filter(isPackage).map(packageOf))],
  }
}

function isPackage(id: string): boolean {
  return !id.startsWith('node:') && !/^[./]/.test(id) && !id.endsWith('.js')
}

/** A program is named beside the one that starts it, and its file has another end here. */
const programNames: Plugin = {
  name: 'cambium:program-names',
  transform: {
    filter: { id: /\.ts$/, code: /new URL\('[\w-]+\.ts', import\.meta\.url\)/ },
    handler: (code) =>
      code.replaceAll(/new URL\('([\w-]+)\.ts', import\.meta\.url\)/g, "new URL('$1.js', import.meta.url)"),
  },
}
