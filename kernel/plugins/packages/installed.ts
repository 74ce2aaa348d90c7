import { readFileSync } from 'node:fs'
import path from 'node:path'
import { canonicalJson } from '../../broker/index.ts'
import { assetsDirectory } from '../asset-files.ts'
import type { ReadPlugin } from '../catalogue.ts'
import { evaluate } from '../evaluation.ts'
import { keepPages } from '../pages/kept-pages.ts'
import type { PluginPages } from '../pages/page-builder.ts'
import type { ServerBundle } from '../server-bundle.ts'
import type { FrontendApp } from '../ui-manifest.ts'
import { CANDIDATES_FILE, SERVER_FILE, SERVER_MAP_FILE } from './format.ts'
import { manifestDifferences } from '../manifest-differences.ts'
import { sha256, type PackageContent } from './package-file.ts'
import type { UnpackedPackage } from './unpacked.ts'

const apps: readonly FrontendApp[] = ['portal', 'admin']

/** A release as the catalogue knows it, from an unpacked package. Its pages are put where the front door serves them. */
export async function readInstalled(
  { directory, files, content }: UnpackedPackage,
  { dataDirectory, source }: { readonly dataDirectory: string; readonly source: ReadPlugin['source'] },
): Promise<ReadPlugin> {
  const { digest, declaration } = content
  const { manifest } = declaration
  const pages = await readPages(content, assetsDirectory(dataDirectory))
  const hash = sha256(content.files.get(SERVER_FILE) as Buffer).slice(0, 16)
  return {
    source,
    digest,
    directory,
    files,
    manifest,
    pages,
    // Read when it is used: a dozen kept releases must not hold a dozen bundles in memory.
    get bundle() {
      return readBundle(directory, hash)
    },
    evaluate: () => {
      const code = evaluate(readBundle(directory, hash), manifest.id, directory)
      const differences = manifestDifferences(manifest, JSON.parse(canonicalJson(code.manifest)))
      if (differences.length === 0) return code
      throw new Error(`The code says something else than its manifest: ${differences.join(', ')}.`)
    },
  }
}

function readBundle(directory: string, hash: string): ServerBundle {
  const read = (file: string): string => readFileSync(path.join(directory, file), 'utf8')
  return { code: read(SERVER_FILE), map: read(SERVER_MAP_FILE), hash, inputs: [] }
}

async function readPages({ files, declaration }: PackageContent, assets: string): Promise<PluginPages> {
  const built = apps.map(async (app) => {
    const prefix = `pages/${app}/`
    const own = [...files].filter(([file]) => file.startsWith(prefix))
    if (own.length === 0) return []
    const texts = new Map(own.map(([file, bytes]) => [file.slice(prefix.length), bytes.toString('utf8')]))
    const candidates = JSON.parse(texts.get(CANDIDATES_FILE) ?? '[]') as readonly string[]
    texts.delete(CANDIDATES_FILE)
    const page = await keepPages(assets, declaration.manifest.id, { files: texts, candidates })
    return [[app, page] as const]
  })
  return Object.fromEntries((await Promise.all(built)).flat())
}
