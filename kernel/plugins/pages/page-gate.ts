import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { assetsDirectory } from '../asset-files.ts'
import type { PluginManifest } from '../manifest.ts'
import { SideProcess } from '../side-process.ts'
import type { FrontendApp } from '../ui-manifest.ts'
import { componentNames } from '../component-names.ts'
import type { PageLoadRequest } from './load-pages.ts'
import type { PageBuild } from './page-build.ts'
import type { PluginPages } from './page-builder.ts'

const PROCESS_IDLE_MS = 30_000
const LOAD_TIMEOUT_MS = 30_000
const program = fileURLToPath(new URL('load-pages.ts', import.meta.url))
const apps: readonly FrontendApp[] = ['portal', 'admin']

/** Keeps pages that do not even load from every visitor: they are loaded once before the flip, in a process aside. */
export interface PageGate {
  /** Throws the first reason why pages cannot be shown. Bundles that passed once are not loaded again. */
  check(manifest: PluginManifest, pages: PluginPages): Promise<void>
  stop(): void
}

export function createPageGate(dataDirectory: string): PageGate {
  const assets = assetsDirectory(dataDirectory)
  const loader = new SideProcess<PageLoadRequest, null>(program, {
    idleMs: PROCESS_IDLE_MS,
    timeoutMs: LOAD_TIMEOUT_MS,
    environment: {},
  })
  const passed = new Set<string>()
  const records = path.join(dataDirectory, 'plugin-builds')
  const mark = ({ hash }: PageBuild): string => path.join(records, `loaded-${hash}`)

  return {
    check: async (manifest, pages) => {
      for (const app of apps) {
        const build = pages[app]
        if (!build || build.module !== undefined || passed.has(build.hash) || existsSync(mark(build)))
          continue
        await loader.run({
          app,
          pluginId: manifest.id,
          directory: path.join(assets, manifest.id, build.hash),
          hasServerModule: build.integrity.ssr !== null,
          components: componentNames(manifest.ui?.[app]),
        })
        passed.add(build.hash)
        await mkdir(records, { recursive: true })
        await writeFile(mark(build), '')
      }
    },
    stop: () => loader.stop(),
  }
}
