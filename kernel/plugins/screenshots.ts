import { createHash } from 'node:crypto'
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { assetsDirectory } from './asset-files.ts'
import type { ReadPlugin } from './catalogue.ts'
import type { PluginManifest } from './manifest.ts'

const picture = /^screenshots\/[\w-]+(\.(?:png|jpg|webp))$/
const SCREENSHOTS_MAX = 12

export type Screenshots = (
  manifest: PluginManifest,
  plugin: Pick<ReadPlugin, 'directory' | 'files'>,
) => Promise<string[]>

/** Puts a release's pictures among the assets, under the hash of their content, and answers their addresses. */
export function createScreenshots(dataDirectory: string): Screenshots {
  return async ({ id }, { directory, files }) => {
    const pictures = files.filter((file) => picture.test(file)).slice(0, SCREENSHOTS_MAX)
    return Promise.all(
      pictures.map(async (file) => {
        const content = await readFile(path.join(directory, file))
        const hash = createHash('sha256').update(content).digest('hex').slice(0, 16)
        const name = `${hash}${path.extname(file)}`
        const folder = path.join(assetsDirectory(dataDirectory), id, 'screenshots')
        await mkdir(folder, { recursive: true })
        await copyFile(path.join(directory, file), path.join(folder, name))
        return `/_plugins/${id}/screenshots/${name}`
      }),
    )
  }
}
