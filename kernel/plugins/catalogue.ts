import path from 'node:path'
import type { Migration } from '../database/index.ts'
import { evaluate, type PluginCode } from './evaluation.ts'
import { findPluginFolders, fingerprint, readPluginFolder, type PluginFolder } from './folder.ts'
import type { PluginManifest } from './manifest.ts'
import { manifestShapeProblems } from './manifest-schema.ts'
import { BundleError, bundleServer, type ServerBundle } from './server-bundle.ts'

/** A plugin that could be read: its manifest has the right shape, but has not been verified further. */
export interface ReadPlugin {
  readonly folder: PluginFolder
  readonly bundle: ServerBundle
  readonly manifest: PluginManifest
  /** Evaluates the bundle once more: every generation has a copy of the code to itself. */
  evaluate(): PluginCode
}

export type CatalogueEntry =
  | { readonly id: string; readonly plugin: ReadPlugin; readonly problems: readonly [] }
  | { readonly id: string; readonly plugin: null; readonly problems: readonly string[] }

export interface Catalogue {
  /** Looks at the folders again; only what changed is read anew. One bad folder hides no other. */
  list(): Promise<readonly CatalogueEntry[]>
  find(id: string): Promise<CatalogueEntry | undefined>
}

interface Remembered {
  readonly fingerprint: string
  readonly watched: readonly string[]
  readonly entry: CatalogueEntry
}

export function createCatalogue(root: string): Catalogue {
  const remembered = new Map<string, Remembered>()

  async function entryOf(folder: PluginFolder): Promise<CatalogueEntry> {
    const own = folder.files.map((file) => path.join(folder.directory, file))
    const known = remembered.get(folder.id)
    if (known && (await fingerprint([...own, ...known.watched])) === known.fingerprint) return known.entry
    const entry = await read(folder)
    const watched = entry.plugin?.bundle.inputs ?? []
    remembered.set(folder.id, { fingerprint: await fingerprint([...own, ...watched]), watched, entry })
    return entry
  }

  return {
    list: async () => Promise.all((await findPluginFolders(root)).map(entryOf)),
    find: async (id) => {
      const folder = await readPluginFolder(path.join(root, id))
      return folder.files.includes('plugin.ts') ? entryOf(folder) : undefined
    },
  }
}

async function read(folder: PluginFolder): Promise<CatalogueEntry> {
  try {
    const bundle = await bundleServer(folder)
    const { manifest } = evaluate(bundle, folder.id, folder.directory)
    const problems = manifestShapeProblems(manifest)
    if (problems.length > 0) return { id: folder.id, plugin: null, problems }
    const plugin = { folder, bundle, manifest, evaluate: () => evaluate(bundle, folder.id, folder.directory) }
    return { id: folder.id, plugin, problems: [] }
  } catch (error) {
    if (error instanceof BundleError) return { id: folder.id, plugin: null, problems: error.problems }
    const reason = error instanceof Error ? error.message : String(error)
    return { id: folder.id, plugin: null, problems: [`plugin.ts could not be read: ${reason}`] }
  }
}

/** A plugin's manifest and migrations, for tests of its own. Throws what keeps it from being read. */
export async function readPlugin(
  directory: string,
): Promise<{ readonly manifest: PluginManifest; readonly migrations: readonly Migration[] }> {
  const { plugin, problems } = await read(await readPluginFolder(directory))
  if (!plugin) throw new Error(problems.join(' '))
  const code = plugin.evaluate()
  return { manifest: code.manifest, migrations: code.migrations() }
}
