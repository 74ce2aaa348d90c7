/** Loads the pages of a plugin as a frontend would, in a process that may die of it. */
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { compileFunction } from 'node:vm'
import { transform } from 'esbuild'
import { serveRequests } from '../side-process.ts'
import type { FrontendApp } from '../ui-manifest.ts'
import { SSR_FILE } from './page-build.ts'

export interface PageLoadRequest {
  readonly app: FrontendApp
  readonly pluginId: string
  /** Holds the built files. */
  readonly directory: string
  readonly hasServerModule: boolean
  readonly components: readonly string[]
}

interface PageModule {
  readonly components?: Readonly<Record<string, () => Promise<{ readonly default?: unknown }>>>
}

const requireHost = createRequire(import.meta.url)

/** Stands for anything of the kit: its components are only named while modules load. */
const kit: unknown = new Proxy(() => kit, { get: (_, name) => (name === 'then' ? undefined : kit) })

const hostModules: ReadonlySet<string> = new Set([
  'vue',
  'vue/server-renderer',
  'vue-router',
  'pinia',
  '@cambium/kernel/contract',
  '@cambium/kernel/money',
])

function requireShared(id: string): unknown {
  if (hostModules.has(id)) return requireHost(id)
  if (id === '@cambium/ui' || id.startsWith('@cambium/ui/')) return kit
  throw new Error(`it asks for ${id}, which the host does not offer`)
}

async function loadPages(request: PageLoadRequest): Promise<null> {
  const files = await readdir(request.directory, { recursive: true })
  for (const file of files.filter((name) => name.endsWith('.js'))) {
    await transform(await readFile(path.join(request.directory, file), 'utf8'), { logLevel: 'silent' }).catch(
      (error: Error) => {
        throw new Error(`The ${request.app}'s ${file} does not parse: ${error.message}`)
      },
    )
  }
  if (request.hasServerModule) await loadServerModule(request)
  return null
}

async function loadServerModule({ app, directory, components }: PageLoadRequest): Promise<void> {
  const code = await readFile(path.join(directory, SSR_FILE), 'utf8')
  const module = { exports: {} as PageModule }
  try {
    const evaluate = compileFunction(code, ['require', 'module', 'exports'], { filename: SSR_FILE })
    Reflect.apply(evaluate, undefined, [requireShared, module, module.exports])
    for (const name of components) {
      const { default: component } = (await module.exports.components?.[name]?.()) ?? {}
      const isComponent =
        typeof component === 'function' || (typeof component === 'object' && component !== null)
      if (!isComponent) throw new Error(`${name} is no component`)
    }
  } catch (error) {
    throw new Error(
      `The ${app}'s pages do not load: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

serveRequests(loadPages)
