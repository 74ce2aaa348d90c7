import { createHash } from 'node:crypto'
import path from 'node:path'
import { writeAssets } from '../asset-files.ts'
import { CSS_FILE, MODULE_FILE, SSR_FILE, type PageBuild } from './page-build.ts'

/** The files of one frontend's pages, however they were come by. */
export interface PageFiles {
  readonly files: ReadonlyMap<string, string>
  readonly candidates: readonly string[]
}

/** Puts built pages where the front door serves them, named by their content, and says what they are. */
export async function keepPages(
  assetsDirectory: string,
  pluginId: string,
  { files, candidates }: PageFiles,
): Promise<PageBuild> {
  const hash = createHash('sha256')
    .update(JSON.stringify([...files].sort()))
    .digest('hex')
    .slice(0, 16)
  await writeAssets(path.join(assetsDirectory, pluginId, hash), files)
  const ssr = files.get(SSR_FILE)
  return {
    hash,
    hasCss: files.has(CSS_FILE),
    integrity: {
      module: integrity(files.get(MODULE_FILE) as string),
      ssr: ssr === undefined ? null : integrity(ssr),
    },
    candidates: [...candidates].sort(),
  }
}

function integrity(content: string): string {
  return `sha384-${createHash('sha384').update(content).digest('base64')}`
}
