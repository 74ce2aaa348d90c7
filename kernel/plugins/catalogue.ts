import path from 'node:path'
import { rcompare } from 'semver'
import type { Migration } from '../database/index.ts'
import { evaluate, type PluginCode } from './evaluation.ts'
import { findPluginFolders, fingerprint, readPluginFolder, type PluginFolder } from './folder.ts'
import type { PluginManifest } from './manifest.ts'
import { manifestShapeProblems } from './manifest-schema.ts'
import type { BrokenRelease, PackageSource } from './package-source.ts'
import type { PluginPages } from './pages/page-builder.ts'
import { BundleError, bundleServer, type ServerBundle } from './server-bundle.ts'

/** A release that could be read: its manifest has the right shape, but has not been verified further. */
export interface ReadPlugin {
  readonly source: 'bundled' | 'package'
  /** sha256 of the artifact; null for a folder. */
  readonly digest: string | null
  /** README, CHANGELOG, screenshots and locales lie here. */
  readonly directory: string
  /** Relative to `directory`, sorted. */
  readonly files: readonly string[]
  readonly bundle: ServerBundle
  readonly manifest: PluginManifest
  /** Built already, their files below the assets; absent: build them. */
  readonly pages?: PluginPages
  /** Evaluates the bundle once more: every generation has a copy of the code to itself. */
  evaluate(): PluginCode
}

/** One plugin with all its releases that are here. */
export interface CatalogueEntry {
  readonly id: string
  /** What its folder among the bundled plugins holds, if it can be read. */
  readonly bundled: ReadPlugin | null
  /** Why the folder cannot be read. */
  readonly problems: readonly string[]
  /** Newest first, the folder before a package of the same version. */
  readonly releases: readonly ReadPlugin[]
  /** Which installed releases cannot be read, and why: the others may be used all the same. */
  readonly brokenReleases: readonly string[]
}

export interface Catalogue {
  /** Looks at the folders again; only what changed is read anew. One bad release hides no other. */
  list(): Promise<readonly CatalogueEntry[]>
  find(id: string): Promise<CatalogueEntry | undefined>
  /** Of the newest release of each. */
  manifests(): Promise<ReadonlyMap<string, PluginManifest>>
  /** The folder when it is of this version, or else the package. */
  release(id: string, version: string): Promise<ReadPlugin | undefined>
}

interface Installed {
  readonly releases: ReadonlyMap<string, readonly ReadPlugin[]>
  readonly broken: ReadonlyMap<string, readonly BrokenRelease[]>
}

type ReadFolder = Pick<CatalogueEntry, 'id' | 'bundled' | 'problems'>

interface Remembered {
  readonly fingerprint: string
  readonly watched: readonly string[]
  readonly folder: ReadFolder
}

/** Bundled plugins, a folder each below `root`, and what is installed beside them. */
export function createCatalogue(
  root: string,
  packages?: Pick<PackageSource, 'list' | 'broken' | 'find'>,
): Catalogue {
  const remembered = new Map<string, Remembered>()

  async function readOnce(folder: PluginFolder): Promise<ReadFolder> {
    const own = folder.files.map((file) => path.join(folder.directory, file))
    const known = remembered.get(folder.id)
    if (known && (await fingerprint([...own, ...known.watched])) === known.fingerprint) return known.folder
    const result = await read(folder)
    const watched = result.bundled?.bundle.inputs ?? []
    const seen = await fingerprint([...own, ...watched])
    remembered.set(folder.id, { fingerprint: seen, watched, folder: result })
    return result
  }

  async function bundledOf(id: string): Promise<ReadFolder | undefined> {
    const folder = await readPluginFolder(path.join(root, id))
    return folder.files.includes('plugin.ts') ? readOnce(folder) : undefined
  }

  async function installed(): Promise<Installed> {
    const [releases, broken] = await Promise.all([packages?.list(), packages?.broken()])
    return {
      releases: Map.groupBy(releases ?? [], ({ manifest }) => manifest.id),
      broken: Map.groupBy(broken ?? [], ({ release }) => release.pluginId),
    }
  }

  async function list(): Promise<readonly CatalogueEntry[]> {
    const folders = await Promise.all((await findPluginFolders(root)).map(readOnce))
    const packaged = await installed()
    const ids = new Set([
      ...folders.map(({ id }) => id),
      ...packaged.releases.keys(),
      ...packaged.broken.keys(),
    ])
    return [...ids].sort().map((id) => {
      const folder = folders.find((known) => known.id === id) ?? { id, bundled: null, problems: [] }
      return entryOf(folder, packaged)
    })
  }

  return {
    list,
    manifests: async () =>
      new Map(
        (await list()).flatMap(({ id, releases: [newest] }) => (newest ? [[id, newest.manifest]] : [])),
      ),
    find: async (id) => {
      const packaged = await installed()
      const folder = await bundledOf(id)
      if (!folder && !packaged.releases.has(id) && !packaged.broken.has(id)) return undefined
      return entryOf(folder ?? { id, bundled: null, problems: [] }, packaged)
    },
    release: async (id, version) => {
      const bundled = (await bundledOf(id))?.bundled
      return bundled?.manifest.version === version ? bundled : packages?.find(id, version)
    },
  }
}

function entryOf(folder: ReadFolder, packaged: Installed): CatalogueEntry {
  const installed = packaged.releases.get(folder.id) ?? []
  const brokenReleases = (packaged.broken.get(folder.id) ?? []).map(
    ({ release, reason }) => `${release.version} cannot be read: ${reason}`,
  )
  // A kept copy of what the folder holds is no release of its own.
  const version = folder.bundled?.manifest.version
  const others = installed.filter((one) => one.source === 'package' || one.manifest.version !== version)
  const all = folder.bundled ? [folder.bundled, ...others] : others
  const releases = all.toSorted((left, right) => rcompare(left.manifest.version, right.manifest.version))
  // Where nothing else is left, they are what is wrong with the plugin.
  const problems = all.length === 0 ? [...folder.problems, ...brokenReleases] : folder.problems
  return { ...folder, problems, releases, brokenReleases }
}

async function read(folder: PluginFolder): Promise<ReadFolder> {
  const { id, directory, files } = folder
  try {
    const bundle = await bundleServer(folder)
    const { manifest } = evaluate(bundle, id, directory)
    const problems = manifestShapeProblems(manifest)
    if (problems.length > 0) return { id, bundled: null, problems }
    const bundled: ReadPlugin = {
      source: 'bundled',
      digest: null,
      directory,
      files,
      bundle,
      manifest,
      evaluate: () => evaluate(bundle, id, directory),
    }
    return { id, bundled, problems: [] }
  } catch (error) {
    if (error instanceof BundleError) return { id, bundled: null, problems: error.problems }
    const reason = error instanceof Error ? error.message : String(error)
    return { id, bundled: null, problems: [`plugin.ts could not be read: ${reason}`] }
  }
}

/** A plugin's manifest and migrations, for tests of its own. Throws what keeps it from being read. */
export async function readPlugin(
  directory: string,
): Promise<{ readonly manifest: PluginManifest; readonly migrations: readonly Migration[] }> {
  const { bundled, problems } = await read(await readPluginFolder(directory))
  if (!bundled) throw new Error(problems.join(' '))
  const code = bundled.evaluate()
  return { manifest: code.manifest, migrations: code.migrations() }
}
