import { setTimeout as pause } from 'node:timers/promises'
import type { KernelParts } from '../parts.ts'
import { selectRows } from '../database/index.ts'

const LOOK_MS = 10
const DEADLINE_MS = 30_000

/** Resolves when no run of a job is due or running, and no event waits that somebody could be told of now. */
export async function settled({ database, points }: KernelParts): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    await points.wake()
    await points.modules.events.idle()
    const busy = [...(await busyJobs(database, points)), ...(await waitingEvents(database, points))]
    if (busy.length === 0) return
    if (performance.now() > deadline) throw new Error(`Not settled in 30 s: ${busy.join(', ')}`)
    await pause(LOOK_MS)
  }
}

async function busyJobs(database: KernelParts['database'], points: KernelParts['points']): Promise<string[]> {
  const rows = await selectRows<{ name: string; state: string }>(
    database,
    `SELECT name, state FROM jobs_runs WHERE state = 'running' OR (state = 'waiting' AND run_at <= ?)`,
    [points.clock.now()],
  )
  const { served } = points.modules.jobs
  return rows.filter(({ name, state }) => state === 'running' || served.has(name)).map(({ name }) => name)
}

async function waitingEvents(
  database: KernelParts['database'],
  points: KernelParts['points'],
): Promise<string[]> {
  const rows = await selectRows<{ event: string; owner: string }>(
    database,
    `SELECT DISTINCT event, owner FROM events_deliveries WHERE state = 'waiting' AND next_at <= ?`,
    [points.clock.now()],
  )
  return rows
    .filter(({ event, owner }) => points.modules.events.isServed(owner, event))
    .map(({ event, owner }) => `${event} for ${owner}`)
}
