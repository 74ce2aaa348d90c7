import type { Knex } from 'knex'
import { implement, type Implementation } from '../broker/index.ts'
import type { Clock } from '../clock.ts'
import { selectRows } from '../database/index.ts'
import { allDefinitions, findDefinition } from './definitions-table.ts'
import { jobsRefusals } from './refusals.ts'
import { cancelRun, listJobs, listRuns, retryRun, runJob, showRun, type Job, type Run } from './routes.ts'
import { cancelWaiting, findRun, requestCancel, reviveRun, type RunRow } from './runs-table.ts'

export interface JobDesk {
  readonly database: Knex
  readonly clock: Clock
  readonly served: { has(name: string): boolean; isDisabled(owner: string, name: string): boolean }
  runNow(owner: string, name: string): Promise<string>
  wakeRun(runId: string): Promise<void>
  cancel(runId: string): Promise<void>
  tell(runId: string): void
}

const PAGE_ROWS = 50
const text = (moment: Date | null): string | null => moment?.toISOString() ?? null

export function runOf(row: RunRow): Run {
  return {
    id: row.id,
    name: row.name,
    owner: row.owner,
    origin: row.origin,
    key: row.origin === 'schedule' ? null : row.run_key,
    state: row.state,
    attempt: row.attempt,
    dueAt: row.due_at.toISOString(),
    runAt: row.run_at.toISOString(),
    startedAt: text(row.started_at),
    finishedAt: text(row.finished_at),
    progress: row.progress,
    progressText: row.progress_text,
    reason: row.reason,
  }
}

function parsed(json: string | null): unknown {
  return json === null ? null : JSON.parse(json)
}

/** What the operator sees of jobs and does about them. */
export function jobImplementations(desk: JobDesk): Implementation<never>[] {
  const { database, clock } = desk

  async function found(runId: string): Promise<RunRow> {
    const row = await findRun(database, runId)
    if (!row) throw jobsRefusals.run_not_found({ runId })
    return row
  }

  async function jobs(): Promise<Job[]> {
    const [definitions, last] = await Promise.all([
      allDefinitions(database),
      selectRows<RunRow>(
        database,
        'SELECT * FROM jobs_runs WHERE id IN (SELECT MAX(id) FROM jobs_runs GROUP BY name)',
      ),
    ])
    const lastByName = new Map(last.map((row) => [row.name, runOf(row)]))
    return definitions.map(({ everyMs = null, cron = null, nextAt, ...job }) => ({
      ...job,
      everyMs,
      cron,
      nextAt: text(nextAt),
      isServed: desk.served.has(job.name),
      isDisabled: desk.served.isDisabled(job.owner, job.name),
      lastRun: lastByName.get(job.name) ?? null,
    }))
  }

  return [
    implement(listJobs, async () => ({ items: await jobs() })),
    implement(listRuns, async ({ params: { name, state, limit = PAGE_ROWS, cursor } }) => {
      const query = database<RunRow>('jobs_runs')
        .where({ name, ...(state ? { state } : {}) })
        .orderBy('id', 'desc')
        .limit(limit + 1)
      if (cursor !== undefined) void query.where('id', '<', cursor)
      const rows = await query
      const items = rows.slice(0, limit).map(runOf)
      const last = items.at(-1)
      return rows.length > limit && last ? { items, nextCursor: last.id } : { items }
    }),
    implement(showRun, async ({ params }) => {
      const row = await found(params.runId)
      const lines = row.lines === null ? [] : (JSON.parse(row.lines) as string[])
      return { ...runOf(row), data: parsed(row.data), result: parsed(row.result), lines }
    }),
    implement(runJob, async ({ params: { name } }) => {
      const definition = await findDefinition(database, name)
      if (!definition) throw jobsRefusals.job_not_found({ name })
      return { runId: await desk.runNow(definition.owner, name) }
    }),
    implement(cancelRun, async ({ params: { runId } }) => {
      await found(runId)
      if (await requestCancel(database, runId)) await desk.cancel(runId)
      else if (!(await cancelWaiting(database, runId, clock.now()))) throw jobsRefusals.run_already_over()
      desk.tell(runId)
      return runOf(await found(runId))
    }),
    implement(retryRun, async ({ params: { runId } }) => {
      await found(runId)
      if (!(await reviveRun(database, runId, clock.now()))) throw jobsRefusals.run_not_over()
      await desk.wakeRun(runId)
      desk.tell(runId)
      return runOf(await found(runId))
    }),
  ] satisfies Implementation<never>[]
}
