import type { PluginManifest } from './manifest.ts'
import type { PluginExtensions, PluginServer } from './plugin-server.ts'
import type { StackTranslator } from './stack-trace.ts'

type Work = (...parameters: never[]) => unknown

/** What a started plugin answers at extension points, with bugs that name its own files and lines. */
export function extensionsOf(
  manifest: PluginManifest,
  server: PluginServer,
  translate: StackTranslator,
): PluginExtensions {
  checkExtensions(manifest, server)
  const one = <T extends Work>(work: T): T => {
    const attributed = async (...parameters: never[]): Promise<unknown> => {
      try {
        return await work(...parameters)
      } catch (error) {
        throw translate(error)
      }
    }
    return attributed as unknown as T
  }
  const all = <T extends Work>(works: Readonly<Record<string, T>> | undefined): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(works ?? {}).map(([name, work]) => [name, one(work)]))
  return {
    jobs: all(server.jobs),
    filters: all(server.filters),
    strategies: all(server.strategies),
    listeners: all(server.listeners),
    sockets: server.sockets ?? {},
    search: all(server.search),
    onboarding: all(server.onboarding),
    tasks: all(server.tasks),
    ...(server.exportUser ? { exportUser: one(server.exportUser.bind(server)) } : {}),
    ...(server.eraseUser ? { eraseUser: one(server.eraseUser.bind(server)) } : {}),
  }
}

/** The manifest promises and the code delivers: neither may have what the other has not. */
function checkExtensions(manifest: PluginManifest, server: PluginServer): void {
  const {
    jobs = [],
    filters = [],
    strategies = [],
    events,
    sockets = [],
    search = [],
    onboarding = [],
    tasks = [],
  } = manifest
  const pairs: readonly (readonly [string, readonly string[], object | undefined])[] = [
    ['job', jobs.map(({ name }) => name), server.jobs],
    ['filter', filters.map(({ id }) => id), server.filters],
    ['strategy', strategies.map(({ id }) => id), server.strategies],
    ['listener of', events?.listens ?? [], server.listeners],
    ['socket', sockets.map(({ name }) => name), server.sockets],
    ['search', search.map(({ id }) => id), server.search],
    ['first step', onboarding.map(({ id }) => id), server.onboarding],
    ['task', tasks.map(({ id }) => id), server.tasks],
  ]
  for (const [kind, declared, given] of pairs) {
    const served = Object.keys(given ?? {})
    const missing = declared.filter((name) => !served.includes(name))
    const surplus = served.filter((name) => !declared.includes(name))
    if (missing.length > 0) throw new Error(`No code behind the ${kind} ${missing.join(', ')}.`)
    if (surplus.length > 0) throw new Error(`The ${kind} ${surplus.join(', ')} is not in the manifest.`)
  }
}
