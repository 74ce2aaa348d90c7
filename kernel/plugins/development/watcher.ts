import path from 'node:path'
import { watch, type FSWatcher } from 'chokidar'
import type { Logger } from '../../broker/index.ts'
import type { PluginHost } from '../host.ts'
import type { Lifecycle } from '../lifecycle.ts'
import type { Operation } from '../routes.ts'
import type { Serving } from '../serving.ts'

/** An editor writes a file in several steps; what comes within this time is one change. */
const SETTLE_MS = 15
const notServed = /^(test|bench|portal)\/|(^|\/)\.|(\.md|~)$/

/** A saved plugin that does not work: what was before serves on. */
export interface BrokenPlugin {
  readonly pluginId: string
  readonly at: string
  /** Sentences that name file and line. */
  readonly problems: readonly string[]
}

export interface WatcherParts {
  readonly directory: string
  readonly isEnabled: (pluginId: string) => boolean
  readonly reload: (pluginId: string) => Promise<Operation>
  /** Told after every attempt: all that does not work by now. */
  readonly tell: (broken: readonly BrokenPlugin[]) => void
  readonly log: Logger
}

const CHANNEL = 'platform.development'

/** Watches the plugin folders, and tells open tabs on a channel that exists in development only. */
export function watchPlugins(
  directory: string,
  { realtime, log }: Pick<PluginHost, 'realtime' | 'log'>,
  lifecycle: Pick<Lifecycle, 'reload'>,
  serving: Pick<Serving, 'manifests'>,
): PluginWatcher {
  const watcher = new PluginWatcher({
    directory,
    log,
    isEnabled: (id) => serving.manifests.has(id),
    reload: (id) => lifecycle.reload(id, { by: 'system', approveGrants: true }),
    tell: (broken) => realtime.publish(CHANNEL, 'all', broken),
  })
  // A tab that is opened late is told as well.
  realtime.provide('platform-development', { name: CHANNEL, access: 'public' }, async () => watcher.broken)
  return watcher
}

/** Replaces an enabled plugin whenever something of it is saved that its server or its manifest is made from. */
export class PluginWatcher {
  readonly #parts: WatcherParts
  readonly #watcher: FSWatcher
  readonly #settling = new Map<string, NodeJS.Timeout>()
  readonly #running = new Map<string, { isStale: boolean }>()
  readonly #broken = new Map<string, BrokenPlugin>()

  constructor(parts: WatcherParts) {
    this.#parts = parts
    const { directory } = parts
    this.#watcher = watch(directory, { ignoreInitial: true, ignored: /(^|\/)node_modules(\/|$)/ })
    this.#watcher.on('all', (_, file) => this.#saved(path.relative(directory, file)))
  }

  get broken(): readonly BrokenPlugin[] {
    return [...this.#broken.values()].filter(({ pluginId }) => this.#parts.isEnabled(pluginId))
  }

  async stop(): Promise<void> {
    await this.#watcher.close()
    for (const timer of this.#settling.values()) clearTimeout(timer)
  }

  #saved(file: string): void {
    const [pluginId = '', ...rest] = file.split('/')
    if (rest.length === 0 || notServed.test(rest.join('/')) || !this.#parts.isEnabled(pluginId)) return
    clearTimeout(this.#settling.get(pluginId))
    this.#settling.set(
      pluginId,
      setTimeout(() => void this.#change(pluginId), SETTLE_MS),
    )
  }

  async #change(pluginId: string): Promise<void> {
    const running = this.#running.get(pluginId)
    if (running) return void (running.isStale = true)
    const current = { isStale: false }
    this.#running.set(pluginId, current)
    await this.#reload(pluginId)
    this.#running.delete(pluginId)
    if (current.isStale) await this.#change(pluginId)
  }

  async #reload(pluginId: string): Promise<void> {
    const { reload, log, tell } = this.#parts
    const startedAt = performance.now()
    const problems: string[] = []
    try {
      const { state, reason, generation } = await reload(pluginId)
      const ms = Math.round(performance.now() - startedAt)
      if (state === 'done') log.info(`${pluginId} serves generation ${generation} after ${ms} ms`)
      else problems.push(reason ?? 'It could not be started.')
    } catch (error) {
      const { message, data } = error as Error & { data?: { problems?: readonly string[] } }
      problems.push(...(data?.problems?.length ? data.problems : [message]))
    }
    for (const problem of problems) log.error(`${pluginId} stays as it was: ${problem}`)
    if (problems.length > 0) this.#broken.set(pluginId, { pluginId, at: new Date().toISOString(), problems })
    else this.#broken.delete(pluginId)
    tell(this.broken)
  }
}
