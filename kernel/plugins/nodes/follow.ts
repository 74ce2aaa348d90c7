import { setTimeout as pause } from 'node:timers/promises'
import type { Nodes } from '../../nodes/index.ts'
import { inDependencyOrder } from '../dependencies.ts'
import { takeFromFront } from '../front.ts'
import type { LifecycleParts } from '../lifecycle-parts.ts'
import { OperationRecord } from '../operation-record.ts'
import type { OperatorLock } from '../operator-lock.ts'
import { tierOf } from '../plugin-tier.ts'
import type { PluginState } from '../plugin-store.ts'
import { dispose, drain } from '../retirement.ts'
import { releaseToStart } from '../releases.ts'
import type { ReadPlugin } from '../catalogue.ts'
import { questions, topics } from './other-nodes.ts'
import type { NamedRelease } from './named-release.ts'
import { StagedRelease } from './staged-release.ts'

/** How often the wanted state is looked at: a node that heard nothing is behind for so long, and a little more. */
const LOOK_EVERY_MS = 1_000

export interface FollowingParts extends LifecycleParts {
  readonly nodes: Nodes
  readonly lock: OperatorLock
  /** A node that is behind takes no requests. */
  readonly setInPool: (isInPool: boolean) => void
  readonly refreshSwitches: (pluginId: string) => Promise<void>
}

/** What this node owes the others: prepares and flips when asked, and catches up when it was not heard of. */
export class Following {
  readonly #parts: FollowingParts
  readonly #staged = new Map<string, StagedRelease>()
  readonly #ended = new AbortController()
  #look = Promise.withResolvers<void>()
  #loop: Promise<void> = Promise.resolve()
  #isInPool = true

  constructor(parts: FollowingParts) {
    this.#parts = parts
  }

  start(): void {
    const { nodes, host } = this.#parts
    nodes.answer<NamedRelease>(questions.stage, (release) => this.#stage(release))
    nodes.answer<NamedRelease>(questions.commit, (release) => this.#commit(release))
    nodes.listen<NamedRelease>(topics.abandon, ({ pluginId }) => void this.#abandon(pluginId))
    nodes.listen(topics.changed, () => this.#look.resolve())
    nodes.listen<{ pluginId: string }>(topics.switched, ({ pluginId }) => void this.#switched(pluginId))
    this.#loop = this.#follow().catch((error: unknown) => {
      host.log.error('the wanted state is not followed any more', { error })
    })
  }

  async stop(): Promise<void> {
    this.#ended.abort()
    this.#look.resolve()
    await this.#loop
    for (const id of this.#staged.keys()) await this.#abandon(id)
  }

  async #stage(release: NamedRelease): Promise<object> {
    const { pluginId, version, codeHash } = release
    await this.#abandon(pluginId)
    const staged = new StagedRelease(this.#parts, await this.#same(pluginId, version, codeHash), release)
    try {
      await staged.prepare()
    } catch (error) {
      await staged.abandon()
      throw error
    }
    this.#staged.set(pluginId, staged)
    return {}
  }

  async #releaseOf(state: PluginState): Promise<ReadPlugin> {
    const { id, version, codeHash } = state
    if (version === null || codeHash === null) return releaseToStart(this.#parts, state)
    return this.#same(id, version, codeHash)
  }

  /** The release with this very code, out of the folder or out of the store. */
  async #same(id: string, version: string, codeHash: string): Promise<ReadPlugin> {
    const { catalogue } = this.#parts
    const entry = await catalogue.find(id)
    const found = [entry?.bundled, await catalogue.release(id, version)].find(
      (one) => one?.manifest.version === version && one.bundle.hash === codeHash,
    )
    if (!found) throw new Error(`This node does not have the same ${id} ${version}.`)
    return found
  }

  async #commit({ pluginId, generation }: NamedRelease): Promise<object> {
    const staged = this.#staged.get(pluginId)
    if (staged?.release.generation !== generation) {
      this.#look.resolve()
      throw new Error(`${pluginId} was not prepared here, or no longer is.`)
    }
    this.#staged.delete(pluginId)
    await staged.commit()
    return {}
  }

  async #switched(pluginId: string): Promise<void> {
    const { host, switches, refreshSwitches } = this.#parts
    try {
      await switches.load()
      await refreshSwitches(pluginId)
    } catch (error) {
      host.log.error('what another node switched could not be followed', { plugin: pluginId, error })
    }
  }

  /** Whoever asked for these has died, or the message that ended them was lost. */
  async #abandonForgotten(): Promise<void> {
    const { stageMs } = this.#parts.deadlines
    for (const [id, { preparedAt }] of this.#staged) {
      if (performance.now() - preparedAt > 2 * stageMs) await this.#abandon(id)
    }
  }

  async #abandon(pluginId: string): Promise<void> {
    const staged = this.#staged.get(pluginId)
    this.#staged.delete(pluginId)
    await staged?.abandon()
  }

  async #follow(): Promise<void> {
    const { signal } = this.#ended
    // A node that starts looks at once, and what it lacks then it lacked before.
    let wasBehind = true
    this.#look.resolve()
    while (!signal.aborted) {
      await Promise.race([
        pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined),
        this.#look.promise,
      ])
      this.#look = Promise.withResolvers()
      if (signal.aborted) return
      await this.#abandonForgotten()
      const isBehind = await this.#isBehind().catch(() => true)
      // Seen twice, so that a flip that is under way is no reason to leave.
      if (isBehind && wasBehind) this.#setInPool(false)
      if (isBehind) await this.#catchUp()
      else this.#setInPool(true)
      wasBehind = isBehind
    }
  }

  #setInPool(isInPool: boolean): void {
    if (this.#isInPool === isInPool) return
    this.#isInPool = isInPool
    const { host, nodes, setInPool } = this.#parts
    if (isInPool) host.log.info(`node ${nodes.id} has caught up and takes requests again`)
    else host.log.warn(`node ${nodes.id} is behind the others and takes no requests until it has caught up`)
    setInPool(isInPool)
  }

  async #isBehind(): Promise<boolean> {
    return this.#differences(await this.#parts.store.states()).length > 0
  }

  #differences(states: ReadonlyMap<string, PluginState>): readonly PluginState[] {
    const { serving } = this.#parts
    return [...states.values()].filter(({ id, desired, state, revision }) => {
      const active = serving.get(id)
      const isWanted = desired === 'enabled' && state === 'enabled'
      return isWanted ? active?.revision !== revision : active !== undefined
    })
  }

  /** Under the lock of all operations: when it is free, what is wanted stays for so long. */
  async #catchUp(): Promise<void> {
    const { lock, host } = this.#parts
    await lock
      .run(async () => {
        const states = await this.#parts.store.states()
        const behind = this.#differences(states)
        const unwanted = behind.filter(({ desired, state }) => desired !== 'enabled' || state !== 'enabled')
        for (const { id } of unwanted.toReversed()) await this.#withdraw(id)
        await this.#startAll(behind.filter((state) => !unwanted.includes(state)))
      })
      .catch((error: unknown) => host.log.error('this node could not catch up', { error }))
  }

  async #startAll(states: readonly PluginState[]): Promise<void> {
    const releases = new Map<string, readonly [PluginState, ReadPlugin]>()
    for (const state of states) releases.set(state.id, [state, await this.#releaseOf(state)])
    const manifests = [...releases.values()].map(([, { manifest }]) => manifest)
    for (const { id } of inDependencyOrder(manifests)) {
      const [state, plugin] = releases.get(id)!
      const staged = new StagedRelease(this.#parts, plugin, {
        pluginId: id,
        version: plugin.manifest.version,
        codeHash: plugin.bundle.hash,
        tier: tierOf(state.tier, plugin.source),
        generation: state.generation,
        revision: state.revision,
      })
      await staged.prepare().catch(async (error: unknown) => {
        await staged.abandon()
        throw error
      })
      await staged.commit()
    }
  }

  async #withdraw(id: string): Promise<void> {
    const { serving, uiManifests, deadlines } = this.#parts
    const active = serving.get(id)
    if (!active) return
    const ui = await uiManifests.prepare(serving.contributionsBeside(id))
    const replaced = takeFromFront(this.#parts, id, active, ui)
    const record = new OperationRecord({ pluginId: id, action: 'disable' }, [], () => undefined)
    const retirement = { generation: active.generation, replaced, record }
    await drain(retirement, deadlines.drainMs)
    await dispose(retirement, deadlines.drainMs)
  }
}
