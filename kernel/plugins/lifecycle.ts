import { bringUp, type BringUp } from './bring-up.ts'
import type { Consent } from './consent.ts'
import { dependantsInOrder, dependenciesToEnable } from './dependencies.ts'
import type { ReadPlugin } from './catalogue.ts'
import type { LifecycleParts, NewRecord } from './lifecycle-parts.ts'
import { OperationRecord, sentence } from './operation-record.ts'
import { tellOperators } from './operator-notice.ts'
import type { OperatorLock } from './operator-lock.ts'
import type { Tier } from './plugin-tier.ts'
import { pluginsRefusals } from './refusals.ts'
import {
  foundEntry,
  releaseOf,
  releasesToRollBack,
  releaseToEnable,
  releaseToReload,
  releaseToUpgrade,
  stateOfPlugin,
} from './releases.ts'
import type { Operation } from './routes.ts'
import { both } from './switchover.ts'
import { takeDown } from './take-down.ts'
import { uninstall, type Uninstall } from './uninstall.ts'
import type { Alarm } from './watchdog.ts'

export interface Enable extends Consent {
  readonly version?: string
  readonly withDependencies?: boolean
}

const OPERATIONS_CHANNEL = 'plugins.operations'
const system: Consent = { by: 'system' }

/** Changes what is enabled, one operation at a time. */
export class Lifecycle {
  readonly #parts: LifecycleParts
  readonly #lock: OperatorLock
  readonly #running = new Map<string, Operation | null>()

  constructor(parts: LifecycleParts) {
    this.#parts = parts
    this.#lock = parts.lock
    parts.watchdog.onAlarm((alarm) => void this.#answer(alarm))
  }

  /** The operation under way, if any. */
  running(id: string): Operation | undefined {
    return this.#running.get(id) ?? undefined
  }

  isChanging(id: string): boolean {
    return this.#running.has(id)
  }

  enable(id: string, { version, withDependencies = false, ...consent }: Enable): Promise<Operation> {
    return this.#alone(id, async () => {
      if (this.#parts.serving.get(id)) throw pluginsRefusals.plugin_already_enabled({ pluginId: id })
      if ((await stateOfPlugin(this.#parts, id)).state === 'quarantined')
        throw pluginsRefusals.plugin_quarantined({ pluginId: id })
      const plugin = await releaseToEnable(this.#parts, id, version)
      const enabled = withDependencies ? await this.#enableDependencies(plugin, consent) : []
      return this.#undoing(enabled, () => this.#bringUp({ action: 'enable', plugin, consent }))
    })
  }

  reload(id: string, consent: Consent): Promise<Operation> {
    return this.#alone(id, async () => {
      const plugin = await releaseToReload(this.#parts, id)
      return this.#bringUp({ action: 'reload', plugin, consent })
    })
  }

  upgrade(id: string, version: string, consent: Consent): Promise<Operation> {
    return this.#alone(id, async () => {
      const plugin = await releaseToUpgrade(this.#parts, id, version)
      return this.#bringUp({ action: 'upgrade', plugin, consent })
    })
  }

  rollback(id: string, consent: Consent): Promise<Operation> {
    return this.#alone(id, () => this.#rollBack(id, consent))
  }

  /** Changes where it runs; of one that is not enabled it is only written down. */
  isolate(id: string, tier: Tier, consent: Consent): Promise<Operation> {
    return this.#alone(id, async () => {
      await foundEntry(this.#parts, id)
      const active = this.#parts.serving.get(id)
      if (active) return this.#bringUp({ action: 'isolate', plugin: active.plugin, consent, tier })
      await this.#parts.store.saveState({ id, tier })
      const record = this.#newRecord('isolate', id, [])
      record.finish('done', { generation: null })
      await this.#parts.store.saveOperation(record.operation)
      return record.operation
    })
  }

  disable(id: string, { withDependants = false } = {}): Promise<Operation> {
    return this.#alone(id, async () => {
      const state = await stateOfPlugin(this.#parts, id)
      if (!this.#parts.serving.get(id)) {
        if (state.version === null) await foundEntry(this.#parts, id)
        const isIdle = state.desired === 'disabled' && state.state === 'disabled'
        if (isIdle) throw pluginsRefusals.plugin_already_disabled({ pluginId: id })
      }
      const dependants = dependantsInOrder(id, this.#parts.serving.manifests)
      if (dependants.length > 0 && !withDependants)
        throw pluginsRefusals.dependants_enabled({ pluginId: id, dependants })
      const disabled = await this.#disableAll(dependants)
      return this.#redoing(disabled, () => this.#takeDown('disable', id))
    })
  }

  /** Brings back what the watchdog took out of service. */
  releaseQuarantine(id: string, consent: Consent): Promise<Operation> {
    return this.#alone(id, async () => {
      const { state, version } = await stateOfPlugin(this.#parts, id)
      if (state !== 'quarantined' || version === null) {
        await foundEntry(this.#parts, id)
        throw pluginsRefusals.plugin_not_quarantined({ pluginId: id })
      }
      const plugin = await releaseOf(this.#parts, id, version)
      return this.#bringUp({ action: 'start', plugin, consent })
    })
  }

  uninstall(id: string, request: Uninstall): Promise<Operation> {
    return this.#alone(id, () => uninstall(this.#parts, id, request, this.#newRecord))
  }

  /** Starts what the operator left enabled. What cannot start is kept as failed, with its reason. */
  start(plugin: ReadPlugin): Promise<Operation> {
    return this.#alone(plugin.manifest.id, () => this.#bringUp({ action: 'start', plugin, consent: system }))
  }

  /** Makes what was switched off or on count where it is not asked at every use. */
  refreshSwitches(id: string): Promise<void> {
    return this.#lock.run(async () => {
      const { host, switches, uiManifests, serving } = this.#parts
      host.points.setDisabled(id, switches.behindPoints(id))
      if (serving.get(id)) uiManifests.commit(await uiManifests.prepare(serving.contributions))
    })
  }

  /** Ends every generation and changes nothing that is kept: the next start finds the same wishes. */
  async stop(): Promise<void> {
    const { host, deadlines, serving, watchdog } = this.#parts
    watchdog.stop()
    await this.#lock.run(async () => {
      for (const [id, { generation }] of serving.all.toReversed()) {
        serving.delete(id)
        const replaced = both(host.broker.withdraw(id), host.points.withdraw(id))
        await replaced.drained(deadlines.drainMs)
        generation.close()
        await generation.scope.dispose(deadlines.drainMs)
      }
    })
  }

  async #alone(id: string, work: () => Promise<Operation>): Promise<Operation> {
    if (this.#running.has(id)) throw pluginsRefusals.operation_running({ pluginId: id })
    this.#running.set(id, null)
    try {
      return await this.#lock.run(work)
    } finally {
      this.#running.delete(id)
    }
  }

  readonly #newRecord: NewRecord = (action, pluginId, steps) => {
    const isOurs = this.#running.has(pluginId)
    return new OperationRecord({ pluginId, action }, steps, (operation) => {
      if (isOurs) this.#running.set(pluginId, operation)
      this.#parts.host.realtime.publish(OPERATIONS_CHANNEL, pluginId, operation)
    })
  }

  #bringUp(change: BringUp): Promise<Operation> {
    return bringUp(this.#parts, change, this.#newRecord)
  }

  #takeDown(action: 'disable' | 'quarantine', id: string, reason?: string): Promise<Operation> {
    const why = reason === undefined ? {} : { reason }
    return takeDown(this.#parts, { action, id, ...why }, this.#newRecord)
  }

  async #rollBack(id: string, consent: Consent, reason?: string): Promise<Operation> {
    const releases = await releasesToRollBack(this.#parts, id)
    const why = reason === undefined ? {} : { reason }
    return this.#bringUp({ action: 'rollback', ...releases, consent, ...why })
  }

  /** Answers the ids it enabled; when one fails, none of them is enabled afterwards. */
  async #enableDependencies(plugin: ReadPlugin, consent: Consent): Promise<readonly string[]> {
    const { serving, catalogue } = this.#parts
    const needed = dependenciesToEnable(plugin.manifest, serving.manifests, await catalogue.manifests())
    const done: string[] = []
    for (const id of needed) {
      const dependency = await releaseToEnable(this.#parts, id)
      await this.#undoing(done, () => this.#bringUp({ action: 'enable', plugin: dependency, consent }))
      if (!serving.get(id)) {
        const { reason } = await stateOfPlugin(this.#parts, id)
        const dependencies = [{ id, range: dependency.manifest.version, state: `not enabled: ${reason}` }]
        throw pluginsRefusals.dependency_missing({ pluginId: plugin.manifest.id, dependencies })
      }
      done.push(id)
    }
    return done
  }

  /** Disables again what was enabled for it when `work` does not succeed. */
  async #undoing(enabled: readonly string[], work: () => Promise<Operation>): Promise<Operation> {
    const undo = async (): Promise<void> => {
      for (const id of enabled.toReversed()) await this.#takeDown('disable', id)
    }
    return this.#onFailure(work, undo)
  }

  async #disableAll(ids: readonly string[]): Promise<readonly ReadPlugin[]> {
    const { serving } = this.#parts
    const done: ReadPlugin[] = []
    for (const id of ids) {
      const plugin = serving.get(id)?.plugin
      if (!plugin) continue
      const operation = await this.#redoing(done, () => this.#takeDown('disable', id))
      if (operation.state === 'failed') throw new Error(`${id} could not be disabled: ${operation.reason}`)
      done.push(plugin)
    }
    return done
  }

  /** Enables again what was disabled for it when `work` does not succeed. */
  async #redoing(disabled: readonly ReadPlugin[], work: () => Promise<Operation>): Promise<Operation> {
    const redo = async (): Promise<void> => {
      for (const plugin of disabled.toReversed())
        await this.#bringUp({ action: 'start', plugin, consent: system })
    }
    return this.#onFailure(work, redo)
  }

  async #onFailure(work: () => Promise<Operation>, repair: () => Promise<void>): Promise<Operation> {
    try {
      const operation = await work()
      if (operation.state === 'failed') await repair()
      return operation
    } catch (error) {
      await repair()
      throw error
    }
  }

  async #rollBackUnasked(id: string, reason: string): Promise<Operation | undefined> {
    try {
      const operation = await this.#rollBack(id, system, reason)
      return operation.state === 'done' ? operation : undefined
    } catch (error) {
      this.#parts.host.log.error(`${id} could not be rolled back`, { plugin: id, error })
      return undefined
    }
  }

  /** Goes back to the version before when the failing one is new, and takes the plugin out of service otherwise. */
  async #answer({ pluginId: id, generation, reason, isNew, isHearsay }: Alarm): Promise<void> {
    const { host, serving } = this.#parts
    host.log.error(`${id} keeps failing`, { plugin: id, reason })
    try {
      await this.#lock.run(async () => {
        // Another operation may have been quicker.
        if (serving.generation(id) !== generation) return
        const { previousVersion } = await stateOfPlugin(this.#parts, id)
        const isBack = isNew && previousVersion !== null
        const rolledBack = isBack ? await this.#rollBackUnasked(id, reason) : undefined
        const operation =
          rolledBack ?? (isHearsay ? undefined : await this.#takeDown('quarantine', id, reason))
        if (!operation) return
        const release = await this.#parts.catalogue.find(id)
        await tellOperators(host, operation, release?.releases[0]?.manifest.name ?? id)
      })
    } catch (error) {
      host.log.error(`${id} keeps failing and could not be taken out of service: ${sentence(error)}`, {
        error,
      })
    }
  }
}
