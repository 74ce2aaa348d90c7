import { createHash } from 'node:crypto'
import path from 'node:path'
import { build, type BuildFailure, type Message, type Plugin } from 'esbuild'
import type { PluginFolder } from './folder.ts'
import { isDenied, isHostModule, isNodeModule } from './host-modules.ts'

/** All server code of a plugin as one CommonJS text; what the host provides is left as `require`. */
export interface ServerBundle {
  readonly code: string
  /** JSON source map of `code`. */
  readonly map: string
  readonly hash: string
  /** Absolute paths of every file that went into it. */
  readonly inputs: readonly string[]
}

/** The code does not build. Each message is a sentence that names file and line. */
export class BundleError extends Error {
  override readonly name = 'BundleError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join(' '))
    this.problems = problems
  }
}

const migrationFile = /^migrations\/(\d{4}-[a-z0-9-]+)\.ts$/

/**
 * Server and migrations are behind functions: evaluating the bundle runs `plugin.ts` and its routes, nothing else,
 * so that a plugin can be listed and planned without running it.
 */
function entry(folder: PluginFolder): string {
  const migrations = folder.files.flatMap((file) => {
    const name = migrationFile.exec(file)?.[1]
    return name === undefined ? [] : [`{ ...require('./${file}'), name: '${name}' }`]
  })
  const server = folder.files.includes('server/server.ts') ? `require('./server/server.ts')` : '{}'
  return [
    `export * as table from './plugin.ts'`,
    `export const server = () => (${server})`,
    `export const migrations = () => [${migrations.join(', ')}]`,
  ].join('\n')
}

/** Bundles what a plugin runs on the server. Throws `BundleError`. */
export async function bundleServer(folder: PluginFolder): Promise<ServerBundle> {
  try {
    const result = await build({
      stdin: { contents: entry(folder), resolveDir: folder.directory, sourcefile: 'entry.ts', loader: 'ts' },
      absWorkingDir: folder.directory,
      outfile: 'bundle.cjs',
      bundle: true,
      write: false,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      sourcemap: 'external',
      sourcesContent: false,
      legalComments: 'none',
      metafile: true,
      logLevel: 'silent',
      tsconfigRaw: '{}',
      // Turns `import()` into `require`, which hands out the host's modules and nothing else.
      supported: { 'dynamic-import': false },
      plugins: [importRules(folder)],
    })
    const [map, code] = ['.map', '.cjs'].map(
      (suffix) => result.outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? '',
    ) as [string, string]
    const inputs = Object.keys(result.metafile.inputs).filter((file) => file !== 'entry.ts')
    return {
      code,
      map,
      hash: createHash('sha256').update(code).digest('hex').slice(0, 16),
      inputs: inputs.map((file) => path.resolve(folder.directory, file)),
    }
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>
    throw errors ? new BundleError(errors.map(sentence)) : error
  }
}

function importRules(folder: PluginFolder): Plugin {
  return {
    name: 'import-rules',
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, ({ path: id, kind, resolveDir }) => {
        if (kind === 'entry-point') return undefined
        if (isDenied(id)) return { errors: [{ text: `A plugin may not import ${id}.` }] }
        if (isHostModule(id) || isNodeModule(id)) return { path: id, external: true }
        if (!id.startsWith('.')) return undefined
        const target = path.resolve(resolveDir, id)
        const isOwnCode = !path.relative(folder.directory, resolveDir).startsWith('..')
        const isOutside = path.relative(folder.directory, target).startsWith('..')
        return isOwnCode && isOutside
          ? { errors: [{ text: `${id} is outside the plugin's folder.` }] }
          : undefined
      })
    },
  }
}

function sentence({ text, location }: Message): string {
  return location ? `${location.file}:${location.line}: ${text}` : text
}
