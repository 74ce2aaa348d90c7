import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { readPluginFolder } from '../folder.ts'
import type { PackageFiles } from './archive.ts'
import type { ArtifactStore } from './artifact-store.ts'
import { DECLARATION_FILE, SIGNATURE_FILE } from './format.ts'
import { readPackage, sha256, type PackageContent } from './package-file.ts'

/** An artifact on this machine's disk. */
export interface UnpackedPackage {
  readonly directory: string
  readonly files: readonly string[]
  readonly content: PackageContent
}

/** Below the data folder: one folder an artifact, named by its digest. */
export function releasesDirectory(dataDirectory: string): string {
  return path.join(dataDirectory, 'plugin-releases')
}

/**
 * Gives the folder of an artifact, unpacking it from the database when it is not there. Nobody ever sees half of one, and
 * one whose files are not those of the package (somebody changed them) is unpacked anew.
 */
export async function unpackArtifact(
  store: Pick<ArtifactStore, 'read'>,
  dataDirectory: string,
  digest: string,
): Promise<UnpackedPackage> {
  const directory = path.join(releasesDirectory(dataDirectory), digest)
  const content = await readPackage(await store.read(digest))
  if (!(await isIntact(directory, content))) await unpack(directory, content.files)
  return { directory, files: [...content.files.keys()].sort(), content }
}

async function isIntact(directory: string, { files, declaration }: PackageContent): Promise<boolean> {
  const found = (await readPluginFolder(directory)).files
  if (!isDeepStrictEqual([...found], [...files.keys()].sort())) return false
  const hashes = { ...declaration.files }
  for (const file of [DECLARATION_FILE, SIGNATURE_FILE]) {
    const bytes = files.get(file)
    if (bytes) hashes[file] = sha256(bytes)
  }
  const isRight = found.map(
    async (file) => sha256(await readFile(path.join(directory, file))) === hashes[file],
  )
  return (await Promise.all(isRight)).every(Boolean)
}

async function unpack(directory: string, files: PackageFiles): Promise<void> {
  const parent = path.dirname(directory)
  await mkdir(parent, { recursive: true })
  const draft = await mkdtemp(path.join(parent, '.draft-'))
  try {
    await writeFiles(draft, files)
    await rm(directory, { recursive: true, force: true })
    await rename(draft, directory)
  } catch (error) {
    // Another process was quicker; its folder has the same content.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** Names were checked when the package was read: none leads out of the folder. */
export async function writeFiles(directory: string, files: PackageFiles): Promise<void> {
  for (const [file, content] of files) {
    const place = path.join(directory, file)
    await mkdir(path.dirname(place), { recursive: true })
    await writeFile(place, content)
  }
}
