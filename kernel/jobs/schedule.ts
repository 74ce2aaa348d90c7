import cron from 'cron-parser'
import type { JobDeclaration } from '../plugins/manifest.ts'

export type Schedule = Pick<JobDeclaration, 'everyMs' | 'cron'>

/** The first time after `now` at which a job is due; null for one that is only started. */
export function nextDue(
  { everyMs, cron: expression }: Schedule,
  now: Date,
  lastDue: Date | null,
): Date | null {
  if (expression !== undefined) {
    return cron.parseExpression(expression, { currentDate: now, utc: true }).next().toDate()
  }
  if (everyMs === undefined) return null
  if (lastDue === null) return new Date(now.getTime() + everyMs)
  // Times that were missed are one: the job stays in its rhythm and runs once for all of them.
  const missed = Math.max(0, Math.floor((now.getTime() - lastDue.getTime()) / everyMs))
  return new Date(lastDue.getTime() + (missed + 1) * everyMs)
}

const BACKOFF_MS = 1_000
const BACKOFF_MAX_MS = 5 * 60_000

/** The pause after a failed try. */
export function backoffMs(attempt: number): number {
  return Math.min(BACKOFF_MS * 2 ** (attempt - 1), BACKOFF_MAX_MS)
}
