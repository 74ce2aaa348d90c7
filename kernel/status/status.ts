import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { implement, type Implementation, type Logger } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration, ResultOf } from '../contract/index.ts'
import { addEntry, beginIncident, endRecorded, readIncidents } from './incidents.ts'
import { partStates, type LookedAt, type StateSources } from './part-states.ts'
import { continueIncident, openIncident, showStatus, type PartState } from './routes.ts'
import { shownParts, worstOf } from './shown-parts.ts'
import { addTime, readDays, readParts, removeParts, writePart, type PartRow } from './status-table.ts'

export interface StatusOptions {
  readonly database: Knex
  readonly redis: Redis
  /** What is closed on purpose: `platform`, or ids of products. */
  readonly resting: () => ReadonlySet<string>
  readonly log: Logger
  readonly clock?: Clock
}

export interface Status {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** Where the figures come from that a state is read off. */
  lookUp(figures: () => Promise<WatchedFigures>): void
  /** Looks now rather than with the next turn. */
  sample(): Promise<void>
  start(): void
  stop(): Promise<void>
}

export type WatchedFigures = Pick<StateSources, 'values' | 'plugins' | 'names'>

type Shown = ResultOf<typeof showStatus>

const SAMPLE_MS = 60_000
/** A pause between two looks that is longer was the platform being away. */
const AWAY_MS = 3 * SAMPLE_MS
const ANSWER_MS = 5_000
const DAYS_SHOWN = 90
const DAY_MS = 24 * 60 * 60_000
const TURN_KEY = 'cambium:status:turn'

const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

/** Time by day: what goes over midnight belongs to both. */
export function splitByDay(from: Date, to: Date): readonly { readonly day: string; readonly ms: number }[] {
  const parts: { day: string; ms: number }[] = []
  for (let at = from.getTime(); at < to.getTime();) {
    const midnight = (Math.floor(at / DAY_MS) + 1) * DAY_MS
    const end = Math.min(midnight, to.getTime())
    parts.push({ day: dayOf(new Date(at)), ms: end - at })
    at = end
  }
  return parts
}

/** How the platform is, for everybody: looked at once a minute by one of its nodes, and kept by the day. */
export function createStatus({ database, redis, resting, log, clock = systemClock }: StatusOptions): Status {
  let figures: (() => Promise<WatchedFigures>) | undefined
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let answer: Promise<Shown> | undefined
  let answeredAtMs = 0

  /** What passed since the last look counts as it was then; a long pause as down, for nobody was answered. */
  async function count(before: PartRow, at: Date): Promise<void> {
    const isAway = at.getTime() - before.sampled_at.getTime() > AWAY_MS
    const state: PartState = isAway && before.state !== 'maintenance' ? 'down' : before.state
    for (const { day, ms } of splitByDay(before.sampled_at, at))
      await addTime(database, { partId: before.part_id, state, day, ms })
  }

  async function note(part: LookedAt, before: PartRow | undefined, at: Date): Promise<void> {
    if (before) await count(before, at)
    const isSame = before?.state === part.state
    await writePart(database, part, { since: isSame ? before.since : at, at })
    if (isSame) return
    if (part.state === 'down') {
      const recorded = { source: 'recorded', title: '', impact: 'down' } as const
      await beginIncident(database, { ...recorded, parts: [part.id], entries: [] }, at)
    } else if (before?.state === 'down') await endRecorded(database, part.id, at)
  }

  async function look(): Promise<void> {
    if (!figures) return
    const parts = partStates({ ...(await figures()), resting: resting() })
    const at = clock.now()
    const before = new Map((await readParts(database)).map((row) => [row.part_id, row]))
    for (const part of parts) await note(part, before.get(part.id), at)
    const here = new Set(parts.map(({ id }) => id))
    const gone = [...before.values()].filter((row) => !here.has(row.part_id))
    // What is switched off is not down any more: nobody would ever see it come back.
    for (const row of gone) if (row.state === 'down') await endRecorded(database, row.part_id, at)
    await removeParts(
      database,
      gone.map((row) => row.part_id),
    )
    answer = undefined
  }

  /** One of the nodes at a time; the others find the turn taken. */
  async function turn(): Promise<void> {
    try {
      if (await redis.set(TURN_KEY, '1', 'PX', SAMPLE_MS - 5_000, 'NX')) await look()
    } catch (error) {
      log.warn('the state of the platform could not be looked at', { error })
    }
  }

  async function read(): Promise<Shown> {
    const at = clock.now()
    const since = new Date(at.getTime() - (DAYS_SHOWN - 1) * DAY_MS)
    const [rows, days, incidents] = await Promise.all([
      readParts(database),
      readDays(database, dayOf(since)),
      readIncidents(database, since),
    ])
    const listed = Array.from({ length: DAYS_SHOWN }, (_, index) =>
      dayOf(new Date(since.getTime() + index * DAY_MS)),
    )
    const parts = shownParts(rows, days, listed)
    return { state: worstOf(parts.map(({ state }) => state)), at: at.toISOString(), parts, incidents }
  }

  function shown(): Promise<Shown> {
    if (answer && performance.now() - answeredAtMs < ANSWER_MS) return answer
    answeredAtMs = performance.now()
    answer = read()
    answer.catch(() => (answer = undefined))
    return answer
  }

  return {
    implementations: [
      implement(showStatus, shown),
      implement(openIncident, async ({ params: { title, impact, parts, text } }) => {
        const at = clock.now()
        const entries = [{ at: at.toISOString(), stage: 'investigating' as const, text: text.trim() }]
        const incident = { source: 'operator' as const, title: title.trim(), impact, parts, entries }
        answer = undefined
        return beginIncident(database, incident, at)
      }),
      implement(continueIncident, async ({ params: { incidentId, stage, text } }) => {
        const incident = await addEntry(database, incidentId, { stage, text, at: clock.now() })
        answer = undefined
        return incident
      }),
    ] satisfies Implementation<never>[],
    permissions: [{ id: 'status.incidents.manage', title: 'Write about incidents', roles: ['admin'] }],
    lookUp: (from) => {
      figures = from
    },
    sample: look,
    start() {
      running = turn()
      timer = setInterval(() => (running = turn()), SAMPLE_MS)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
