import { Refusal } from '../contract/index.ts'
import { Attempt, type AttemptParts } from './attempt.ts'
import type { Catalogue, ReadPlugin } from './catalogue.ts'
import { brokenDependants, dependantsOf, dependenciesOf } from './dependencies.ts'
import type { Generation } from './generation.ts'
import type { Replaced } from './host.ts'
import { OperationRecord, sentence } from './operation-record.ts'
import { OperatorLock } from './operator-lock.ts'
import type { PluginManifest } from './manifest.ts'
import type { PluginState } from './plugin-store.ts'
import { pluginsRefusals } from './refusals.ts'
import type { Operation, OperationStep } from './routes.ts'
import { both, flipIn, flipOut } from './switchover.ts'
import type { UiContribution } from './ui-manifests.ts'
import { verify, type Surroundings } from './verification.ts'

export interface LifecycleParts extends AttemptParts {
  readonly catalogue: Catalogue
  readonly kernel: Omit<Surroundings, 'others'>
}

/** A generation that serves. */
interface Active {
  readonly generation: Generation
  readonly contribution: UiContribution
}

/** A generation that was replaced or taken away, and what still runs in it. */
interface Retirement {
  readonly generation: Generation
  readonly replaced: Replaced
  readonly record: OperationRecord
  readonly successor?: Generation
}

type StepName = OperationStep['name']
type UpAction = 'enable' | 'reload' | 'start'

const upSteps: readonly StepName[] = ['verify', 'stage', 'migrate', 'start', 'probe', 'flip']
const downSteps: readonly StepName[] = ['flip', 'drain', 'dispose']
const OPERATIONS_CHANNEL = 'plugins.operations'

/** Changes what is enabled, one operation at a time. The only writer of everything it holds. */
export class Lifecycle {
  readonly #parts: LifecycleParts
  readonly #lock: OperatorLock
  readonly #active = new Map<string, Active>()
  readonly #running = new Map<string, Operation | null>()

  constructor(parts: LifecycleParts) {
    this.#parts = parts
    this.#lock = new OperatorLock(parts.host.database)
  }

  /** Manifests of what serves now, by id. */
  get enabled(): ReadonlyMap<string, PluginManifest> {
    return new Map([...this.#active].map(([id, { contribution }]) => [id, contribution.manifest]))
  }

  /** What all of it shows in the frontends. */
  get contributions(): readonly UiContribution[] {
    return [...this.#active.values()].map(({ contribution }) => contribution)
  }

  generation(id: string): number | null {
    return this.#active.get(id)?.generation.number ?? null
  }

  /** The operation under way, if any. */
  running(id: string): Operation | undefined {
    return this.#running.get(id) ?? undefined
  }

  isChanging(id: string): boolean {
    return this.#running.has(id)
  }

  enable(id: string): Promise<Operation> {
    return this.#alone(id, async () => {
      if (this.#active.has(id)) throw pluginsRefusals.plugin_already_enabled({ pluginId: id })
      return this.#bringUp('enable', await this.#found(id))
    })
  }

  reload(id: string): Promise<Operation> {
    return this.#alone(id, async () => {
      const plugin = await this.#found(id)
      if (!this.#active.has(id)) throw pluginsRefusals.plugin_not_enabled({ pluginId: id })
      return this.#bringUp('reload', plugin)
    })
  }

  disable(id: string): Promise<Operation> {
    return this.#alone(id, async () => {
      const active = this.#active.get(id)
      const state = (await this.#parts.store.states()).get(id)
      if (!active) {
        if (!state && !(await this.#parts.catalogue.find(id))) {
          throw pluginsRefusals.plugin_not_found({ pluginId: id })
        }
        const isIdle = (state?.desired ?? 'disabled') === 'disabled' && state?.state !== 'failed'
        if (isIdle) throw pluginsRefusals.plugin_already_disabled({ pluginId: id })
      }
      const dependants = dependantsOf(id, this.enabled.values())
      if (dependants.length > 0) throw pluginsRefusals.dependants_enabled({ pluginId: id, dependants })
      return this.#takeDown(id, active)
    })
  }

  /** Starts what the operator left enabled. What cannot start is kept as failed, with its reason. */
  start(plugin: ReadPlugin): Promise<Operation> {
    return this.#alone(plugin.manifest.id, async () => this.#bringUp('start', plugin))
  }

  /** Ends every generation and changes nothing that is kept: the next start finds the same wishes. */
  async stop(): Promise<void> {
    await this.#lock.run(async () => {
      const { host, deadlines } = this.#parts
      for (const [id, { generation }] of [...this.#active].reverse()) {
        this.#active.delete(id)
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

  async #found(id: string): Promise<ReadPlugin> {
    const entry = await this.#parts.catalogue.find(id)
    if (!entry) throw pluginsRefusals.plugin_not_found({ pluginId: id })
    if (!entry.plugin) throw pluginsRefusals.verification_failed({ pluginId: id, problems: entry.problems })
    return entry.plugin
  }

  #record(action: Operation['action'], pluginId: string, steps: readonly StepName[]): OperationRecord {
    return new OperationRecord({ pluginId, action }, steps, (operation) => {
      this.#running.set(pluginId, operation)
      this.#parts.host.realtime.publish(OPERATIONS_CHANNEL, pluginId, operation)
    })
  }

  async #bringUp(action: UpAction, plugin: ReadPlugin): Promise<Operation> {
    const { store } = this.#parts
    const { id, version } = plugin.manifest
    const previous = this.#active.get(id)
    const record = this.#record(action, id, previous ? [...upSteps, 'drain', 'dispose'] : upSteps)
    record.version = version
    await store.saveOperation(record.operation)
    let attempt: Attempt | undefined
    try {
      await record.step('verify', () => this.#verify(plugin, previous))
      attempt = new Attempt(this.#parts, plugin, record)
      const change = await this.#switchTo(attempt, plugin, previous, record)
      // Past the point of return: what serves now serves, however the old generation ends.
      if (change) await this.#retire(change)
      record.finish('done', { generation: this.generation(id) })
    } catch (error) {
      await this.#fail(record, plugin, attempt, error)
      if (!attempt && action !== 'start') {
        await store.saveOperation(record.operation)
        throw error
      }
      await this.#keepFailure(plugin, record.operation.reason)
    }
    await store.saveOperation(record.operation)
    return record.operation
  }

  async #verify(plugin: ReadPlugin, previous: Active | undefined): Promise<void> {
    const { id } = plugin.manifest
    const enabled = this.enabled
    const others = [...enabled.values()].filter((manifest) => manifest.id !== id)
    const problems = [
      ...(await verify(plugin, { ...this.#parts.kernel, others })),
      ...(previous ? brokenDependants(plugin.manifest, others) : []),
    ]
    if (problems.length > 0) throw pluginsRefusals.verification_failed({ pluginId: id, problems })
    const unmet = dependenciesOf(plugin.manifest, enabled, new Map()).filter(
      ({ state }) => state !== 'satisfied',
    )
    if (unmet.length > 0) throw pluginsRefusals.dependency_missing({ pluginId: id, dependencies: unmet })
  }

  async #switchTo(
    attempt: Attempt,
    plugin: ReadPlugin,
    previous: Active | undefined,
    record: OperationRecord,
  ): Promise<Retirement | undefined> {
    const { host, store, uiManifests } = this.#parts
    const { id, version } = plugin.manifest
    const others = this.#contributions(id)
    const next = await attempt.prepare(others, () => store.nextGeneration(id))
    const { generation } = next
    const state = { id, version, generation: generation.number, reason: null }
    const replaced = await record.step('flip', async (detail) => {
      const before = (await store.states()).get(id)
      await store.commit(record.id, { ...state, desired: 'enabled', state: 'enabled' })
      const startedAt = performance.now()
      try {
        const old = flipIn(host, generation, previous?.generation)
        generation.open()
        this.#active.set(id, { generation, contribution: next.contribution })
        uiManifests.commit(next.ui)
        detail(`${((performance.now() - startedAt) * 1000).toFixed(0)} µs in one turn`)
        return old
      } catch (error) {
        if (before) await store.saveState(before)
        throw error
      }
    })
    if (previous) return { generation: previous.generation, replaced, record, successor: generation }
    generation.scope.begin()
    return undefined
  }

  /** Waits for the calls and loops of a generation that no longer serves, then gives back all it had. */
  async #retire({ generation, replaced, record, successor }: Retirement): Promise<void> {
    const { drainMs } = this.#parts.deadlines
    await record.step('drain', async (detail) => {
      const calls = replaced.inFlight
      // The new loops begin when the old ones are done: no work is done twice.
      const loops = generation.scope.endLoops(drainMs).finally(() => successor?.scope.begin())
      const [isDrained, isEnded] = await Promise.all([replaced.drained(drainMs), loops])
      const late = [...(isDrained ? [] : ['calls']), ...(isEnded ? [] : ['loops'])]
      detail(
        late.length === 0 ? `${calls} calls ended` : `${late.join(' and ')} did not end in ${drainMs} ms`,
      )
    })
    await record.step('dispose', async () => {
      generation.close()
      await generation.scope.dispose(drainMs)
    })
  }

  async #fail(
    record: OperationRecord,
    plugin: ReadPlugin,
    attempt: Attempt | undefined,
    error: unknown,
  ): Promise<void> {
    const { store, host } = this.#parts
    const { id } = plugin.manifest
    const reason = reasonOf(error)
    host.log.error(`${id} could not be changed`, { plugin: id, error })
    const undone = await attempt?.undo().then(
      () => null,
      (failure: unknown) => `Its migrations could not be undone: ${sentence(failure)}`,
    )
    if (!undone) await store.attemptMigrations(record.id, [])
    const whole = undone ? `${reason} ${undone}` : reason
    record.finish('failed', { generation: this.generation(id), reason: whole })
  }

  /** Beside the operation, the plugin itself says why it does not serve; one that serves on has nothing to say. */
  async #keepFailure({ manifest: { id, version } }: ReadPlugin, reason: string | null): Promise<void> {
    if (this.#active.has(id)) return
    const { store } = this.#parts
    const before = (await store.states()).get(id)
    const { desired = 'disabled', generation = 0 } = before ?? {}
    await store.saveState({ id, desired, state: 'failed', version, generation, reason })
  }

  async #takeDown(id: string, active: Active | undefined): Promise<Operation> {
    const { host, store, uiManifests } = this.#parts
    const record = this.#record('disable', id, downSteps)
    const before = (await store.states()).get(id)
    const version = active?.contribution.manifest.version ?? before?.version ?? null
    if (version !== null) record.version = version
    await store.saveOperation(record.operation)
    try {
      if (active) {
        const replaced = await record.step('flip', async () => {
          const ui = await uiManifests.prepare(this.#contributions(id))
          await store.saveState(disabledState(id, version, before))
          const old = flipOut(host, active.contribution.manifest)
          this.#active.delete(id)
          uiManifests.commit(ui)
          return old
        })
        await this.#retire({ generation: active.generation, replaced, record })
      } else {
        await store.saveState(disabledState(id, version, before))
      }
      record.finish('done', { generation: null })
    } catch (error) {
      host.log.error(`${id} could not be disabled`, { plugin: id, error })
      record.finish('failed', { generation: this.generation(id), reason: reasonOf(error) })
    }
    await store.saveOperation(record.operation)
    return record.operation
  }

  #contributions(except: string): readonly UiContribution[] {
    return [...this.#active].filter(([id]) => id !== except).map(([, { contribution }]) => contribution)
  }
}

function disabledState(id: string, version: string | null, before: PluginState | undefined): PluginState {
  const generation = before?.generation ?? 0
  return { id, desired: 'disabled', state: 'disabled', version, generation, reason: null }
}

/** A refusal's data say more than its message when they list problems. */
function reasonOf(error: unknown): string {
  if (error instanceof Refusal) {
    const { problems = [], dependencies = [] } = error.data as {
      problems?: readonly string[]
      dependencies?: readonly { id: string; range: string; state: string }[]
    }
    const unmet = dependencies.map(({ id, range, state }) => `${id} ${range} is ${state}.`)
    return [error.message, ...problems, ...unmet].join(' ')
  }
  return sentence(error)
}
