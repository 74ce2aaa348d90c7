import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const SMALL_BYTES = 512

/** The folder the front door serves at `/_plugins/`. */
export function assetsDirectory(dataDirectory: string): string {
  return path.join(dataDirectory, 'plugin-assets')
}

/** Writes a file of text and, where that is smaller, the compressed forms beside it. */
export async function writeAsset(file: string, content: string): Promise<void> {
  const bytes = Buffer.from(content)
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, bytes)
  if (bytes.length < SMALL_BYTES) return
  const quality = {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }
  const [brotli, gzipped] = await Promise.all([
    promisify(brotliCompress)(bytes, quality),
    promisify(gzip)(bytes, { level: 9 }),
  ])
  if (brotli.length < bytes.length) await writeFile(`${file}.br`, brotli)
  if (gzipped.length < bytes.length) await writeFile(`${file}.gz`, gzipped)
}

/** Writes a folder so that nobody ever sees half of it. What is there already has the same content. */
export async function writeAssets(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  const draft = `${directory}.${process.pid}.draft`
  try {
    for (const [name, content] of files) await writeAsset(path.join(draft, name), content)
    await rename(draft, directory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}
