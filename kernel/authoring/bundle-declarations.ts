import { existsSync } from 'node:fs'
import path from 'node:path'
import { rolldown, type Plugin } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'
import ts from 'typescript'
import { packageOf } from './place.ts'

export interface DeclarationRequest {
  /** Declaration files by the names of their bundles. */
  readonly input: Readonly<Record<string, string>>
  /** Packages that stay imports: an author installs them. */
  readonly installed: readonly string[]
  /** What stands for a module that the compiler would find elsewhere: another file, or a text. */
  readonly replaced?: (id: string) => { readonly file: string } | { readonly text: string } | undefined
  /** Packages of parts that are not offered: they stay imports too, and go with what asks for them. */
  readonly leftOut?: readonly string[]
  /** Packages whose types are told by name only: an author has neither the package nor a use for them. */
  readonly opaque?: readonly string[]
}

export interface BundledDeclarations {
  /** Texts by file name. */
  readonly files: ReadonlyMap<string, string>
  /** Packages that the texts import. */
  readonly imported: readonly string[]
  /** Folders of packages whose declarations are part of the texts. */
  readonly takenIn: readonly string[]
}

const resolution: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowArbitraryExtensions: true,
  allowImportingTsExtensions: true,
}

/** Makes few files of many, without what nothing asks for. Throws for an import that an author could not resolve. */
export async function bundleDeclarations(request: DeclarationRequest): Promise<BundledDeclarations> {
  const build = await rolldown({
    input: request.input,
    plugins: [declarationFinder(request), dts({ dtsInput: true, tsconfig: false, sourcemap: false })],
    // Parts that are not offered import what does not exist here; they are not in the result.
    logLevel: 'silent',
  })
  const { output } = await build.generate({ format: 'es', chunkFileNames: 'parts/[name].d.ts' })
  await build.close()
  const chunks = output.filter((file) => file.type === 'chunk')
  const files = new Map(chunks.map(({ fileName, code }) => [fileName, settled(code, request)]))
  const imported = new Set([...files.values()].flatMap(importedPackages))
  const unknown = [...imported].filter((name) => !request.installed.includes(name))
  if (unknown.length > 0) {
    throw new Error(`Declarations for authors ask for ${unknown.join(', ')}, which no author has.`)
  }
  const modules = chunks.flatMap((chunk) => Object.entries(chunk.modules))
  const used = modules.filter(([, { renderedLength }]) => renderedLength > 0).map(([id]) => packageFolder(id))
  const takenIn = [...new Set(used.filter((folder) => folder !== undefined))].sort()
  return { files, imported: [...imported].sort(), takenIn }
}

function declarationFinder({ installed, replaced, leftOut = [], opaque = [] }: DeclarationRequest): Plugin {
  const stay = [...installed, ...leftOut, ...opaque]
  const texts = new Map<string, string>()
  return {
    name: 'cambium:declarations',
    resolveId: {
      order: 'pre',
      handler(id, importer) {
        if (importer === undefined || id.startsWith('\0')) return null
        const replacement = replaced?.(id)
        if (replacement && 'text' in replacement) {
          const file = `/replaced/${id.replaceAll(/\W/g, '-')}.d.ts`
          texts.set(file, replacement.text)
          return file
        }
        if (replacement && existsSync(replacement.file)) return replacement.file
        if (stay.includes(packageOf(id)) || id.startsWith('node:')) return { id, external: true }
        const file = ts.resolveModuleName(id, importer, resolution, ts.sys).resolvedModule?.resolvedFileName
        if (file === undefined || !/\.d\.(vue\.)?[mc]?ts$/.test(file)) return { id, external: true }
        // The bundler knows a declaration by the end of its name; the kit has each under both names.
        return file.replace(/\.d\.vue\.ts$/, '.vue.d.ts')
      },
    },
    load: { order: 'pre', handler: (id) => texts.get(id) },
  }
}

function settled(code: string, { installed, opaque }: DeclarationRequest): string {
  return withoutOpaque(withoutAdditions(code, installed), opaque)
}

/** Drops what a library adds to another one's module: an author has neither, or has it as a part of this text. */
function withoutAdditions(text: string, installed: readonly string[]): string {
  const { statements } = ts.createSourceFile('declarations.d.ts', text, ts.ScriptTarget.Latest)
  const additions = statements.filter(
    (statement) =>
      ts.isModuleDeclaration(statement) &&
      ts.isStringLiteral(statement.name) &&
      !installed.includes(packageOf(statement.name.text)),
  )
  // From the end, so that places before it stay where they are.
  return additions.toReversed().reduce((rest, { pos, end }) => rest.slice(0, pos) + rest.slice(end), text)
}

/** Puts an empty type in the place of each import from these packages. */
function withoutOpaque(text: string, packages: readonly string[] = []): string {
  return packages.reduce((rest, name) => {
    const statement = new RegExp(`^import (?:type )?\\{([^}]*)\\} from "${name}";$`, 'gm')
    const named = rest.replaceAll(statement, (_, list: string) =>
      list
        .split(',')
        .map((one) => `interface ${one.trim().split(' as ').at(-1)} {}`)
        .join('\n'),
    )
    return named.replaceAll(new RegExp(`import\\("${name}"\\)\\.\\w+`, 'g'), 'object')
  }, text)
}

function importedPackages(text: string): readonly string[] {
  const ids = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName)
  return ids.filter((id) => !id.startsWith('.') && !id.startsWith('node:')).map(packageOf)
}

function packageFolder(file: string): string | undefined {
  const below = file.lastIndexOf('/node_modules/')
  if (below < 0) return undefined
  const start = below + '/node_modules/'.length
  return path.join(file.slice(0, start), packageOf(file.slice(start)))
}
