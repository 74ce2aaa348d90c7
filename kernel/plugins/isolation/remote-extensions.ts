import type { PluginExtensions } from '../plugin-server.ts'
import type { JobRun } from '../../jobs/index.ts'
import type { StartedMessage } from './messages.ts'
import type { SearchHit } from '../../search/index.ts'
import type { Task } from '../../tasks/index.ts'
import type { SocketTable } from './socket-table.ts'

type Ask = (method: string, args: unknown[], kind?: 'ask' | 'tell') => Promise<unknown>

/** What a runner's plugin answers at the extension points, each a message. */
export function remoteExtensions(started: StartedMessage, ask: Ask, sockets: SocketTable): PluginExtensions {
  const extension = (group: string, name: string) => async (argument: unknown) =>
    ask('extension', [group, name, argument])
  const all = <T>(names: readonly string[], make: (name: string) => T): Record<string, T> =>
    Object.fromEntries(names.map((name) => [name, make(name)]))
  const job = (name: string) => (run: JobRun<never>) => {
    // Its time is the runner's own; progress and lines are told, not waited for.
    const { clock: _clock, ...rest } = run
    return ask('extension', ['jobs', name, rest], 'tell')
  }
  return {
    jobs: all(started.jobs, job),
    filters: all(
      started.filters,
      (name) => async (context: never) => void (await extension('filters', name)(context)),
    ),
    strategies: all(started.strategies, (name) => extension('strategies', name)),
    listeners: all(
      started.listeners,
      (name) => async (event: unknown) => void (await extension('listeners', name)(event)),
    ),
    search: all(
      started.search,
      (name) => async (request: unknown) => (await extension('search', name)(request)) as SearchHit[],
    ),
    onboarding: all(
      started.onboarding,
      (name) => async (userId: string) => (await extension('onboarding', name)(userId)) as boolean,
    ),
    tasks: all(
      started.tasks,
      (name) => async () => (await extension('tasks', name)(null)) as readonly Task[],
    ),
    sockets: all(started.sockets, (name) => sockets.handler(name, ask)),
    ...(started.canExport
      ? {
          exportUser: async (userId: string) =>
            (await ask('exportUser', [userId])) as Record<string, unknown[]>,
        }
      : {}),
    ...(started.canErase
      ? { eraseUser: async (userId: string) => void (await ask('eraseUser', [userId])) }
      : {}),
  }
}
