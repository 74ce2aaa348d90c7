import { Attempt } from './attempt.ts'
import type { ReadPlugin } from './catalogue.ts'
import { assertGranted, type Consent } from './consent.ts'
import { brokenDependants, dependenciesOf, dependencyCycle } from './dependencies.ts'
import { putInFront } from './front.ts'
import { keepRelease } from './kept-releases.ts'
import type { LifecycleParts, NewRecord, StepName } from './lifecycle-parts.ts'
import type { StagedNodes } from './nodes/other-nodes.ts'
import { reasonOf, sentence, type OperationRecord } from './operation-record.ts'
import { stateOf, type PluginState } from './plugin-store.ts'
import { tierOf, type Tier } from './plugin-tier.ts'
import { pluginsRefusals } from './refusals.ts'
import { dispose, drain, type Retirement } from './retirement.ts'
import type { Operation } from './routes.ts'
import { BackwardChange, ForwardChange, type SchemaChange } from './schema-change.ts'
import type { Active } from './serving.ts'
import { verify } from './verification.ts'

/** A release that is to serve. */
export interface BringUp {
  readonly action: 'enable' | 'reload' | 'start' | 'upgrade' | 'rollback' | 'isolate'
  readonly plugin: ReadPlugin
  readonly consent: Consent
  /** Another tier than the one kept for it. */
  readonly tier?: Tier
  /** Of a rollback: the release whose tables are taken back. */
  readonly leaving?: ReadPlugin
  /** Why the platform does it by itself. */
  readonly reason?: string
}

const upSteps: readonly StepName[] = ['verify', 'stage', 'migrate', 'start', 'probe', 'flip']
const replacingSteps: readonly StepName[] = ['drain', 'contract', 'dispose']

/**
 * Starts a release beside what serves now and puts it in front. Whatever fails before the flip leaves everything as it
 * was; what comes after it can no longer fail the operation.
 */
export async function bringUp(
  parts: LifecycleParts,
  change: BringUp,
  newRecord: NewRecord,
): Promise<Operation> {
  const { store, serving } = parts
  const { action, plugin } = change
  const { id, version } = plugin.manifest
  const previous = serving.get(id)
  const record = newRecord(
    action,
    id,
    previous ? [...upSteps, ...replacingSteps, 'keep'] : [...upSteps, 'keep'],
  )
  const before = stateOf(id, (await store.states()).get(id))
  const isOther = before.version !== null && before.version !== version
  record.set({ version, fromVersion: isOther ? before.version : null })
  await store.saveOperation(record.operation)
  let run: Run | undefined
  try {
    await record.step('verify', () => assertStartable(parts, change))
    run = await newRun(parts, { change, record, before, previous })
    const flipped = await flip(parts, run)
    // Past the point of return: what serves now serves, however the rest ends.
    await settle(parts, run, flipped).catch((error: unknown) => {
      parts.host.log.error(`${id} serves, and what was before could not be ended`, { plugin: id, error })
    })
    record.finish('done', { generation: serving.generation(id), reason: change.reason ?? null })
  } catch (error) {
    await fail(parts, { record, plugin, run, error })
    if (!run && action !== 'start') {
      await store.saveOperation(record.operation)
      throw error
    }
    await keepFailure(parts, change, record.operation.reason)
  } finally {
    await run?.schema.end()
  }
  await store.saveOperation(record.operation)
  return record.operation
}

/** One way from what was to what is to be, with all that was made for it. */
interface Run {
  readonly change: BringUp
  readonly record: OperationRecord
  readonly before: PluginState
  readonly previous: Active | undefined
  readonly tier: Tier
  readonly schema: SchemaChange
  readonly attempt: Attempt
}

async function assertStartable(parts: LifecycleParts, { action, plugin, consent }: BringUp): Promise<void> {
  const { serving, catalogue, kernel } = parts
  const { manifest } = plugin
  const { id } = manifest
  const enabled = serving.manifests
  const others = serving.manifestsBeside(id)
  const problems = [
    ...(await verify(plugin, { ...kernel, others })),
    ...(enabled.has(id) ? brokenDependants(manifest, others) : []),
  ]
  if (problems.length > 0) throw pluginsRefusals.verification_failed({ pluginId: id, problems })
  const unmet = dependenciesOf(manifest, enabled, new Map()).filter(({ state }) => state !== 'satisfied')
  if (unmet.length > 0) {
    const cycle = dependencyCycle(manifest, await catalogue.manifests())
    if (cycle) throw pluginsRefusals.dependency_cycle({ pluginId: id, cycle })
    throw pluginsRefusals.dependency_missing({ pluginId: id, dependencies: unmet })
  }
  await assertGranted(parts, plugin, { action, consent })
}

async function newRun(
  parts: LifecycleParts,
  { change, record, before, previous }: Pick<Run, 'change' | 'record' | 'before' | 'previous'>,
): Promise<Run> {
  const { plugin } = change
  const tier = change.tier ?? tierOf(before.tier, plugin.source)
  // Its own copy: two generations share no module-level state.
  const code = tier === 'inline' ? plugin.evaluate() : undefined
  const loaded = await parts.loadMigrations(plugin, tier, code)
  const schema = change.leaving
    ? new BackwardChange({
        host: parts.host,
        pluginId: plugin.manifest.id,
        leaving: {
          version: change.leaving.manifest.version,
          loaded: await parts.loadMigrations(change.leaving, tier, undefined),
        },
        target: loaded,
      })
    : new ForwardChange({
        host: parts.host,
        plugin,
        loaded,
        // Started again it finds what the release it replaced left behind, as if that had only just gone.
        isPhased: previous !== undefined || change.action === 'start',
        toleratesUnknown: change.action === 'start' && before.version === plugin.manifest.version,
      })
  const attempt = new Attempt(parts, { plugin, tier, record, schema, code })
  return { change, record, before, previous, tier, schema, attempt }
}

/** What is left to do when the new generation serves. */
interface Flipped {
  readonly retirement: Retirement | undefined
  /** True when no other node goes on with what was before. */
  readonly isEverywhere: Promise<boolean>
}

async function settle(parts: LifecycleParts, run: Run, { retirement, isEverywhere }: Flipped): Promise<void> {
  const { host, deadlines } = parts
  const { record, schema, change } = run
  if (retirement) await drain(retirement, deadlines.drainMs)
  const isNarrowable = await isEverywhere
  if (schema.isOwedAfterwards) {
    await record
      .step('contract', async (detail) =>
        // The next start finds what is left to narrow.
        detail(
          isNarrowable ? (await schema.after()).join(', ') : 'left until every node serves the new release',
        ),
      )
      .catch((error: unknown) => host.log.error('tables could not be narrowed', { error }))
    await parts.store.attemptMigrations(record.id, { version: null, names: [] })
  }
  if (retirement) await dispose(retirement, deadlines.drainMs)
  if (change.action !== 'reload' || run.before.version !== change.plugin.manifest.version) {
    await keepRelease(parts, change.plugin, record)
  }
}

async function flip(parts: LifecycleParts, run: Run): Promise<Flipped> {
  const { store, serving, watchdog } = parts
  const { change, record, before, previous, tier, schema, attempt } = run
  const { plugin } = change
  const { id } = plugin.manifest
  const next = await attempt.prepare(serving.contributionsBeside(id), () => store.nextGeneration(id))
  const { generation } = next
  const revision = before.revision + (change.action === 'start' ? 0 : 1)
  const others = await stageElsewhere(parts, run, { generation: generation.number, revision })
  const replaced = await record.step('flip', async (detail) => {
    try {
      await store.commit(
        record.id,
        { id, ...stateAfter(run, generation.number), revision },
        schema.owedAfterFlip,
      )
    } catch (error) {
      others?.abandon()
      throw error
    }
    const startedAt = performance.now()
    try {
      const old = putInFront(parts, { ...next, plugin, tier, revision }, previous)
      detail(`${((performance.now() - startedAt) * 1000).toFixed(0)} µs in one turn`)
      return old
    } catch (error) {
      others?.abandon()
      await store.saveState(before)
      throw error
    }
  })
  const isEverywhere = others?.commit() ?? Promise.resolve(true)
  watchdog.watch(generation, {
    isNew: before.version !== plugin.manifest.version || change.action === 'reload',
  })
  if (!previous) generation.scope.begin()
  const retirement = previous && { generation: previous.generation, replaced, record, successor: generation }
  return { retirement, isEverywhere }
}

/** Every other node gets ready before anybody flips. Starting what is wanted anyway is each node's own business. */
async function stageElsewhere(
  { otherNodes }: LifecycleParts,
  { change: { plugin, action }, record, tier }: Run,
  numbers: { readonly generation: number; readonly revision: number },
): Promise<StagedNodes | undefined> {
  if (otherNodes.isAlone || action === 'start') return undefined
  const { id, version } = plugin.manifest
  const release = { pluginId: id, version, codeHash: plugin.bundle.hash, tier, ...numbers }
  return record.step('nodes', async (detail) => {
    const staged = await otherNodes.stage(release)
    detail(staged.detail)
    return staged
  })
}

function stateAfter({ change, before, tier }: Run, generation: number): Partial<PluginState> {
  const { plugin, action } = change
  const { version } = plugin.manifest
  const isOther = before.version !== null && before.version !== version
  const previous = isOther
    ? { previousVersion: before.version, previousDigest: before.digest }
    : { previousVersion: before.previousVersion, previousDigest: before.previousDigest }
  const kept = !isOther && action !== 'reload' ? before.digest : null
  return {
    desired: 'enabled',
    state: 'enabled',
    version,
    generation,
    reason: null,
    quarantinedAt: null,
    digest: plugin.digest ?? kept,
    codeHash: plugin.bundle.hash,
    ...(action === 'rollback' ? { previousVersion: null, previousDigest: null } : previous),
    ...(action === 'isolate' ? { tier } : {}),
  }
}

interface Failure {
  readonly record: OperationRecord
  readonly plugin: ReadPlugin
  readonly run: Run | undefined
  readonly error: unknown
}

async function fail(parts: LifecycleParts, { record, plugin, run, error }: Failure): Promise<void> {
  const { store, host, serving } = parts
  const { id } = plugin.manifest
  const reason = reasonOf(error)
  host.log.error(`${id} could not be changed`, { plugin: id, error })
  const undone = await run?.attempt.undo().then(
    () => null,
    (failure: unknown) => `Its migrations could not be undone: ${sentence(failure)}`,
  )
  if (!undone) await store.attemptMigrations(record.id, { version: null, names: [] })
  const whole = undone ? `${reason} ${undone}` : reason
  record.finish('failed', { generation: serving.generation(id), reason: whole })
}

/** Beside the operation, the plugin itself says why it does not serve; one that serves on has nothing to say. */
async function keepFailure(
  { serving, store, otherNodes }: LifecycleParts,
  { action, plugin }: BringUp,
  reason: string | null,
): Promise<void> {
  const { id } = plugin.manifest
  // What one node cannot start may serve on the others: this one has to catch up and says nothing for all of them.
  if (serving.get(id) || (action === 'start' && !otherNodes.isAlone)) return
  const isQuarantined = (await store.states()).get(id)?.state === 'quarantined'
  if (!isQuarantined) await store.saveState({ id, state: 'failed', reason })
}
