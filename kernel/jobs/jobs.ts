import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { createLogger, ulid, type Implementation, type Logger } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import { transaction } from '../database/index.ts'
import type { JobDeclaration } from '../plugins/manifest.ts'
import type { Replaced } from '../broker/index.ts'
import type { Channels } from '../channels.ts'
import {
  deleteDefinitions,
  deleteJobs,
  lockDefinition,
  saveDefinition,
  setNextAt,
} from './definitions-table.ts'
import type { JobHandler, StartedRun, StartRun } from './job.ts'
import { jobImplementations, runOf } from './jobs.service.ts'
import { createJobQueue, type Wakeup } from './queue.ts'
import { jobsRefusals } from './refusals.ts'
import { Running, type AroundRun } from './running.ts'
import { ServedJobs } from './served-jobs.ts'
import {
  deleteOldRuns,
  dueRuns,
  findRun,
  hasWaiting,
  insertRun,
  isRunning,
  leaseRun,
  releaseExpired,
  type RunOrigin,
} from './runs-table.ts'
import { nextDue } from './schedule.ts'

export interface JobsOptions {
  readonly database: Knex
  readonly redis: Redis
  readonly clock?: Clock
  readonly log?: Logger
  readonly realtime?: Channels
  readonly around?: AroundRun
}

/** Jobs of one owner with the code behind them. */
export interface JobPublication {
  readonly owner: string
  readonly jobs: readonly JobDeclaration[]
  readonly handlers: Readonly<Record<string, JobHandler>>
}

export interface Jobs {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** From now on due runs of these jobs are run by this code; the answer stands for the runs of the code before. */
  publish(publication: JobPublication): Replaced
  withdraw(owner: string): Replaced
  setDisabled(owner: string, names: readonly string[]): void
  start(owner: string, name: string, data: unknown, options?: StartRun): Promise<StartedRun>
  /** Looks at everything that may be due: after the clock was moved. */
  wake(): Promise<void>
  /** Names of jobs this node runs now. */
  readonly served: ReadonlySet<string>
  forget(owner: string): Promise<void>
  begin(): Promise<void>
  stop(): Promise<void>
}

const SWEEP_MS = 5_000
const RETENTION_DAYS = 14
const RUNS_KEPT_MAX = 500
const DATA_LENGTH_MAX = 64 * 1024
const CANCELS = 'cambium.jobs.cancels'
const CHANNEL = 'jobs.runs'
const DAY_MS = 24 * 60 * 60_000
const retention: JobDeclaration = {
  name: 'jobs.retention',
  title: 'Forget old runs of jobs',
  everyMs: 60 * 60_000,
}

const permissions: readonly PermissionDeclaration[] = [
  { id: 'jobs.runs.manage', title: 'See, start and cancel jobs', roles: ['admin'] },
]

function retentionOf(database: Knex, clock: Clock): JobPublication {
  return {
    owner: 'jobs',
    jobs: [retention],
    handlers: {
      [retention.name]: async ({ log }) => {
        const before = new Date(clock.now().getTime() - RETENTION_DAYS * DAY_MS)
        log(`${await deleteOldRuns(database, before, RUNS_KEPT_MAX)} runs forgotten`)
      },
    },
  }
}

export function createJobs(options: JobsOptions): Jobs {
  const { database, redis, clock = systemClock, log = createLogger('jobs'), realtime } = options
  const node = ulid()
  const queue = createJobQueue(redis, log)
  const cancels = redis.duplicate().on('error', () => undefined)
  const served = new ServedJobs()
  const declared = new Map<string, readonly JobDeclaration[]>()
  const saving = new Map<string, Promise<void>>()
  let hasBegun = false
  let sweeping: NodeJS.Timeout | undefined

  function tell(runId: string): void {
    if (!realtime) return
    findRun(database, runId).then(
      (row) => row && realtime.publish(CHANNEL, 'all', runOf(row)),
      (error: unknown) => log.warn('a run could not be shown', { error }),
    )
  }

  async function begin(runId: string): Promise<void> {
    const row = await findRun(database, runId)
    const code = row && served.find(row.name)
    if (!code || row.state !== 'waiting') return
    const definition = await transaction(database, async (trx) => {
      const locked = await lockDefinition(trx, row.name)
      if (!locked || (await isRunning(trx, row.name))) return undefined
      return (await leaseRun(trx, runId, node, clock.now())) ? locked : undefined
    })
    if (!definition) return
    const leased = await findRun(database, runId)
    // The code may have been replaced while the lease was taken; then the next has the run.
    const now = served.find(row.name) ?? code
    if (!leased) return
    const parts = { ...options, clock, log, node, onChange: tell }
    const one = new Running(leased, definition, now.handler, parts)
    if (leased.is_cancel_requested === 1) one.interrupt('canceled')
    if (!served.find(row.name) || !hasBegun) one.interrupt('handedBack')
    tell(runId)
    const { againMs } = await served.run(one, now.publication)
    if (againMs !== undefined) await queue.wake({ kind: 'run', runId }, { delayMs: againMs })
    await wakeDue([row.name])
  }

  async function wakeDue(names: readonly string[]): Promise<void> {
    for (const runId of await dueRuns(database, names, clock.now())) await queue.wake({ kind: 'run', runId })
  }

  /** Turns a schedule that is due into a run, once over all nodes, and sees to it that it is looked at again. */
  async function tick(name: string): Promise<void> {
    if (!served.find(name)) return
    const now = clock.now()
    const nextAt = await transaction(database, async (trx) => {
      const definition = await lockDefinition(trx, name)
      if (!definition?.nextAt) return null
      const { owner, nextAt: dueAt } = definition
      if (dueAt > now) return dueAt
      // One that has not begun yet covers this time too.
      if (!(await hasWaiting(trx, name, 'schedule'))) {
        await insertRun(trx, {
          name,
          owner,
          origin: 'schedule',
          key: `schedule:${dueAt.toISOString()}`,
          dueAt,
        })
      }
      const next = nextDue(definition, now, dueAt)
      await setNextAt(trx, name, next)
      return next
    })
    await wakeDue([name])
    if (!nextAt) return
    const delayMs = nextAt.getTime() - now.getTime()
    // The same time on every node is one wake-up.
    const id = `tick:${name}:${nextAt.getTime()}:${Math.floor(Date.now() / (60 * 60_000))}`
    await queue.wake({ kind: 'tick', name }, { delayMs, id })
  }

  const work = (wakeup: Wakeup): Promise<void> =>
    (wakeup.kind === 'run' ? begin(wakeup.runId) : tick(wakeup.name)).catch((error: unknown) =>
      log.error('a job could not be begun', { ...wakeup, error }),
    )

  async function wake(): Promise<void> {
    await Promise.all(saving.values())
    const names = served.names
    for (const name of names) await tick(name)
    await wakeDue(names)
  }

  async function sweep(): Promise<void> {
    await releaseExpired(database, clock.now())
    await wake()
  }

  function sweepSoon(): void {
    sweeping = setTimeout(() => {
      sweep()
        .catch((error: unknown) => log.warn('due jobs could not be looked for', { error }))
        .finally(() => {
          if (hasBegun) sweepSoon()
        })
    }, SWEEP_MS)
    sweeping.unref()
  }

  function publish({ owner, jobs, handlers }: JobPublication): Replaced {
    const replaced = served.publish(owner, jobs, handlers)
    declared.set(owner, jobs)
    if (hasBegun) saving.set(owner, save(owner, jobs))
    return replaced
  }

  async function save(owner: string, jobs: readonly JobDeclaration[]): Promise<void> {
    try {
      const names = jobs.map(({ name }) => name)
      await deleteDefinitions(database, owner, names)
      for (const job of jobs) await saveDefinition(database, owner, job, clock.now())
      for (const name of names) await tick(name)
      await wakeDue(names)
    } catch (error) {
      log.error(`the jobs of ${owner} could not be written down`, { error })
    } finally {
      saving.delete(owner)
    }
  }

  async function insert(owner: string, name: string, origin: RunOrigin, data: unknown, start: StartRun = {}) {
    const { key, delayMs = 0 } = start
    if (data !== undefined && JSON.stringify(data).length > DATA_LENGTH_MAX)
      throw jobsRefusals.data_too_large()
    const dueAt = new Date(clock.now().getTime() + delayMs)
    const run = await insertRun(database, { name, owner, origin, key, data, dueAt })
    if (run.isNew) {
      await queue.wake({ kind: 'run', runId: run.id }, { delayMs })
      tell(run.id)
    }
    return run.id
  }

  const implementations = jobImplementations({
    database,
    clock,
    served,
    runNow: (owner, name) => insert(owner, name, 'operator', undefined),
    wakeRun: (runId) => queue.wake({ kind: 'run', runId }),
    cancel: async (runId) => {
      served.running(runId)?.interrupt('canceled')
      await redis.publish(CANCELS, runId)
    },
    tell,
  })

  publish(retentionOf(database, clock))

  return {
    implementations,
    permissions,
    publish,
    withdraw: (owner) => served.withdraw(owner),
    setDisabled(owner, names) {
      served.setDisabled(owner, names)
      if (hasBegun) wake().catch((error: unknown) => log.warn('due jobs could not be looked for', { error }))
    },
    start: async (owner, name, data, start) => ({ runId: await insert(owner, name, 'start', data, start) }),
    wake,
    get served() {
      return new Set(served.names)
    },
    forget: (owner) => deleteJobs(database, owner),
    async begin() {
      realtime?.provide('jobs', { name: CHANNEL, access: 'jobs.runs.manage' }, async () => null)
      cancels.on('message', (_, runId: string) => served.running(runId)?.interrupt('canceled'))
      await cancels.subscribe(CANCELS)
      await queue.start(work)
      hasBegun = true
      for (const [owner, jobs] of declared) await save(owner, jobs)
      await sweep()
      sweepSoon()
    },
    async stop() {
      hasBegun = false
      clearTimeout(sweeping)
      await served.handBackAll()
      await Promise.allSettled(saving.values())
      await queue.stop()
      cancels.disconnect()
    },
  }
}
