import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'

/** A plugin as it lies on the disk, unread. */
export interface PluginFolder {
  /** The folder's name; the manifest must say the same. */
  readonly id: string
  readonly directory: string
  /** Its files, relative, sorted; packages installed inside it are not its own. */
  readonly files: readonly string[]
}

/** Every folder below `root` that holds a `plugin.ts`, by name. */
export async function findPluginFolders(root: string): Promise<readonly PluginFolder[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  const folders = await Promise.all(names.map(({ name }) => readPluginFolder(path.join(root, name))))
  return folders
    .filter((folder) => folder.files.includes('plugin.ts'))
    .sort((left, right) => (left.id < right.id ? -1 : 1))
}

export async function readPluginFolder(directory: string): Promise<PluginFolder> {
  return { id: path.basename(directory), directory, files: (await listFiles(directory, '')).sort() }
}

async function listFiles(directory: string, prefix: string): Promise<string[]> {
  const entries = await readdir(path.join(directory, prefix), { withFileTypes: true }).catch(() => [])
  const nested = entries.map(async (entry) => {
    const name = prefix === '' ? entry.name : `${prefix}/${entry.name}`
    if (!entry.isDirectory()) return [name]
    return entry.name === 'node_modules' ? [] : listFiles(directory, name)
  })
  return (await Promise.all(nested)).flat()
}

/** Changes when one of the files is written, appears or goes; reads none of them. */
export async function fingerprint(files: readonly string[]): Promise<string> {
  const stats = await Promise.all(
    files.map(async (file) => {
      const { mtimeNs, size } = await stat(file, { bigint: true }).catch(() => ({ mtimeNs: 0n, size: -1n }))
      return `${file}:${mtimeNs}:${size}`
    }),
  )
  return stats.join('\n')
}
