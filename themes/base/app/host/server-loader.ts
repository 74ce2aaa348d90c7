import { createHash } from 'node:crypto'
import { compileFunction } from 'node:vm'
import type { UiPlugin } from '@cambium/kernel/ui-manifest'
import { generationKey } from './generation.ts'
import type { PluginModule } from './plugin-module.ts'

/** Of the process, over all requests; two builds a plugin, for pages of the old one that are still being rendered. */
const loaded = new Map<string, Map<string, Promise<PluginModule>>>()
const buildsKeptMax = 2

/** Reads the server build that the manifest names from the kernel. */
export async function fetchCode(plugin: UiPlugin, apiOrigin: string): Promise<string> {
  const response = await fetch(apiOrigin + plugin.ssr)
  if (!response.ok) throw new Error(`${plugin.ssr} answered ${response.status}.`)
  return response.text()
}

async function load(
  plugin: UiPlugin,
  readCode: (plugin: UiPlugin) => Promise<string>,
  hostModules: ReadonlyMap<string, unknown>,
): Promise<PluginModule> {
  const code = await readCode(plugin)
  const digest = `sha384-${createHash('sha384').update(code).digest('base64')}`
  if (plugin.integrity.ssr !== null && digest !== plugin.integrity.ssr) {
    throw new Error(`${plugin.ssr} is not what the manifest names.`)
  }
  const require = (id: string): unknown => {
    const shared = hostModules.get(id)
    if (shared === undefined) throw new Error(`${plugin.id} asks for ${id}, which the host does not offer.`)
    return shared
  }
  const module = { exports: {} as PluginModule }
  // Evaluated this way the code is collectable, unlike a module imported under ever new names.
  const evaluate = compileFunction(code, ['require', 'module', 'exports'], {
    filename: `${generationKey(plugin)}/ssr.cjs`,
  })
  evaluate(require, module, module.exports)
  return module.exports
}

/** Reads and evaluates the server build of a plugin's pages, with the host's own Vue, router, stores and kit. */
export function loadOnServer(
  plugin: UiPlugin,
  readCode: (plugin: UiPlugin) => Promise<string>,
  hostModules: ReadonlyMap<string, unknown>,
): Promise<PluginModule> {
  const builds = loaded.get(plugin.id) ?? new Map<string, Promise<PluginModule>>()
  loaded.set(plugin.id, builds)
  const known = builds.get(plugin.hash)
  if (known) return known
  const module = load(plugin, readCode, hostModules).catch((error: unknown) => {
    builds.delete(plugin.hash)
    throw error
  })
  builds.set(plugin.hash, module)
  for (const hash of [...builds.keys()].slice(0, -buildsKeptMax)) builds.delete(hash)
  return module
}
