import { compileFunction } from 'node:vm'
import type { Migration } from '../database/index.ts'
import { requireFromHost } from './host-modules.ts'
import type { PluginManifest } from './manifest.ts'
import type { StartPlugin } from './plugin-server.ts'
import type { ServerBundle } from './server-bundle.ts'
import { stackTranslator, type StackTranslator } from './stack-trace.ts'

/** An evaluated bundle. Its manifest has been read; server and migrations run when they are asked for. */
export interface PluginCode {
  readonly manifest: PluginManifest
  readonly migrations: () => readonly Migration[]
  /** Undefined when the plugin has no server part. */
  readonly start: () => StartPlugin | undefined
  readonly translate: StackTranslator
}

interface BundleExports {
  readonly table: Readonly<Record<string, unknown>>
  readonly server: () => { readonly start?: StartPlugin }
  readonly migrations: () => readonly Migration[]
}

/**
 * Evaluates a bundle. Nothing but the answer holds the code (no module cache does), so that it goes with its
 * generation. Throws whatever `plugin.ts` throws.
 */
export function evaluate(
  bundle: ServerBundle,
  id: string,
  directory: string,
  require: (id: string) => unknown = requireFromHost,
): PluginCode {
  const filename = `plugin:${id}@${bundle.hash}`
  const translate = stackTranslator(filename, bundle.map, directory)
  const translated = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw translate(error)
    }
  }
  const exports = translated(() => run(bundle.code, filename, require))
  const { plugin } = exports.table
  if (typeof plugin !== 'object' || plugin === null) throw new Error('plugin.ts exports no `plugin`.')
  return {
    manifest: plugin as PluginManifest,
    migrations: () => translated(() => exports.migrations()),
    start: () => translated(() => exports.server().start),
    translate,
  }
}

function run(code: string, filename: string, require: (id: string) => unknown): BundleExports {
  const wrapper = compileFunction(code, ['exports', 'require', 'module'], { filename }) as (
    exports: object,
    require: (id: string) => unknown,
    module: { exports: object },
  ) => void
  const module = { exports: {} }
  wrapper(module.exports, require, module)
  return module.exports as BundleExports
}
