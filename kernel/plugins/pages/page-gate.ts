import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { assetsDirectory } from '../asset-files.ts'
import { SideProcess } from '../side-process.ts'
import type { FrontendApp } from '../ui-manifest.ts'
import { uiPlugin, type UiContribution } from '../ui-manifests.ts'
import { componentNames } from '../component-names.ts'
import type { PageLoadRequest } from './load-pages.ts'
import type { PageBuild } from './page-build.ts'
import { createRehearsal, type RehearsalOptions } from './rehearsal.ts'

const PROCESS_IDLE_MS = 30_000
const LOAD_TIMEOUT_MS = 30_000
const program = fileURLToPath(new URL('load-pages.ts', import.meta.url))
const apps: readonly FrontendApp[] = ['portal', 'admin']

/**
 * Keeps pages that do not work at all from every visitor: before the flip they are loaded once and, where there is a
 * portal, rendered once by its server, both in processes aside.
 */
export interface PageGate {
  /** Throws the first reason why pages cannot be shown. Bundles that passed once are not loaded again. */
  check(contribution: UiContribution): Promise<void>
  stop(): void
}

export function createPageGate(dataDirectory: string, rehearsing?: RehearsalOptions): PageGate {
  const assets = assetsDirectory(dataDirectory)
  const loader = new SideProcess<PageLoadRequest, null>(program, {
    idleMs: PROCESS_IDLE_MS,
    timeoutMs: LOAD_TIMEOUT_MS,
    environment: {},
  })
  const rehearsal = rehearsing && createRehearsal(rehearsing)
  const passed = new Set<string>()
  const records = path.join(dataDirectory, 'plugin-builds')
  const mark = ({ hash }: PageBuild): string =>
    path.join(records, `${rehearsal ? 'rendered' : 'loaded'}-${hash}`)

  return {
    check: async (contribution) => {
      const { manifest, pages } = contribution
      for (const app of apps) {
        const build = pages[app]
        if (!build || build.module !== undefined || passed.has(build.hash) || existsSync(mark(build)))
          continue
        const directory = path.join(assets, manifest.id, build.hash)
        const hasServerModule = build.integrity.ssr !== null
        await loader.run({
          app,
          pluginId: manifest.id,
          directory,
          hasServerModule,
          components: componentNames(manifest.ui?.[app]),
        })
        // What the operator has switched off now may be switched on later.
        const plugin = uiPlugin(app, contribution, { isOff: () => false })
        if (plugin && hasServerModule) await rehearsal?.render(plugin, directory)
        passed.add(build.hash)
        await mkdir(records, { recursive: true })
        await writeFile(mark(build), '')
      }
    },
    stop: () => {
      loader.stop()
      rehearsal?.stop()
    },
  }
}
