import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { glob, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { assetsDirectory } from '../asset-files.ts'
import type { ReadPlugin } from '../catalogue.ts'
import { SideProcess } from '../side-process.ts'
import type { FrontendApp } from '../ui-manifest.ts'
import { componentNames } from '../component-names.ts'
import type { PageBuild, PageBuildRequest } from './page-build.ts'

const frontendApps: readonly FrontendApp[] = ['portal', 'admin']
const PROCESS_IDLE_MS = 30_000

const kernelDirectory = fileURLToPath(new URL('../..', import.meta.url))
const program = fileURLToPath(new URL('build-pages.ts', import.meta.url))

export type PluginPages = Readonly<Partial<Record<FrontendApp, PageBuild>>>

type PageSource = Pick<ReadPlugin, 'directory' | 'files' | 'manifest' | 'pages'>

export interface PageBuilder {
  /** Both frontends' bundles; those built before from the same inputs are there at once. */
  build(plugin: PageSource): Promise<PluginPages>
  stop(): void
}

export function createPageBuilder(dataDirectory: string): PageBuilder {
  const assets = assetsDirectory(dataDirectory)
  const records = path.join(dataDirectory, 'plugin-builds')
  const process = new SideProcess<PageBuildRequest, PageBuild>(program, { idleMs: PROCESS_IDLE_MS })

  async function buildOnce(request: PageBuildRequest, inputs: string): Promise<PageBuild> {
    const record = path.join(records, `${request.pluginId}-${request.app}-${inputs}.json`)
    const known = await readRecord(record)
    if (known && existsSync(path.join(assets, request.pluginId, known.hash))) return known
    const build = await process.run(request)
    await mkdir(records, { recursive: true })
    await writeFile(record, JSON.stringify(build))
    return build
  }

  return {
    build: async (plugin) => {
      if (plugin.pages) return plugin.pages
      const { directory, files, manifest } = plugin
      const requests = frontendApps.flatMap((app): PageBuildRequest[] => {
        const components = componentNames(manifest.ui?.[app])
        if (components.length === 0) return []
        const locales = files.filter((file) => /^locales\/[^/]+\.json$/.test(file))
        return [{ app, pluginId: manifest.id, directory, components, locales, assetsDirectory: assets }]
      })
      if (requests.length === 0) return {}
      const inputs = await inputsHash(plugin)
      const built = await Promise.all(
        requests.map(async (request) => {
          const own = createHash('sha256').update(`${inputs}${request.app}${request.components.join()}`)
          return [request.app, await buildOnce(request, own.digest('hex').slice(0, 16))] as const
        }),
      )
      return Object.fromEntries(built)
    },
    stop: () => process.stop(),
  }
}

async function readRecord(file: string): Promise<PageBuild | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as PageBuild
  } catch {
    // Not built yet, or a crash cut it short: building again writes it anew.
    return undefined
  }
}

const serverOnly = /^(server|migrations|test|bench)\/|^(README|CHANGELOG)\.md$|^plugin\.ts$/

/** Hashes all a page may be made from: the plugin, routes it may import from elsewhere, and the builder itself. */
async function inputsHash({ directory, files, manifest }: PageSource): Promise<string> {
  const own = files.filter((file) => !serverOnly.test(file)).map((file) => path.join(directory, file))
  const required = Object.keys(manifest.requires ?? {}).map((id) => `${id}/routes/**/*.ts`)
  const others = required.length === 0 ? [] : await listed(path.dirname(directory), required)
  hostHash ??= listed(kernelDirectory, hostInputs).then(hashFiles)
  return `${await hostHash}${await hashFiles([...own, ...others])}`
}

const hostInputs = ['*/{routes,refusals}.ts', '*/routes/*.ts', 'plugins/pages/*.ts', 'package.json']
/** The kernel's own files are those it was started from. */
let hostHash: Promise<string> | undefined

async function hashFiles(files: readonly string[]): Promise<string> {
  const sorted = files.toSorted()
  const contents = await Promise.all(sorted.map((file) => readFile(file)))
  const hash = createHash('sha256')
  for (const [index, content] of contents.entries()) hash.update(`${sorted[index]}\0`).update(content)
  return hash.digest('hex')
}

async function listed(directory: string, patterns: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for await (const file of glob([...patterns], { cwd: directory })) files.push(path.join(directory, file))
  return files
}
