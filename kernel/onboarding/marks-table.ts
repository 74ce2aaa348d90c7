import type { Knex } from 'knex'
import { execute } from '../database/index.ts'

interface MarkRow {
  user_id: string
  step_id: string
  done_at: Date | null
  /** A date or for ever; null when it is shown. */
  put_off: 'until' | 'forever' | null
  put_off_until: Date | null
}

export interface Mark {
  readonly isDone: boolean
  isPutOff(at: Date): boolean
}

const table = (database: Knex) => database<MarkRow>('onboarding_marks')

export async function readMarks(database: Knex, userId: string): Promise<ReadonlyMap<string, Mark>> {
  const rows = await table(database).where({ user_id: userId })
  return new Map(
    rows.map(({ step_id: stepId, done_at: doneAt, put_off: putOff, put_off_until: until }) => [
      String(stepId),
      {
        isDone: doneAt !== null,
        isPutOff: (at: Date) => putOff === 'forever' || (until !== null && until > at),
      },
    ]),
  )
}

/** Answers whether it was this call that made it done. */
export async function markDone(database: Knex, userId: string, stepId: string, at: Date): Promise<boolean> {
  await execute(database, 'INSERT IGNORE INTO onboarding_marks (user_id, step_id) VALUES (?, ?)', [
    userId,
    stepId,
  ])
  const changed = await table(database)
    .where({ user_id: userId, step_id: stepId })
    .whereNull('done_at')
    .update({ done_at: at })
  return changed > 0
}

export async function markPutOff(
  database: Knex,
  userId: string,
  stepId: string,
  until: Date | 'forever' | null,
): Promise<void> {
  const putOff = until === null ? null : until === 'forever' ? 'forever' : 'until'
  const columns = { put_off: putOff, put_off_until: until instanceof Date ? until : null } as const
  await table(database)
    .insert({ user_id: userId, step_id: stepId, done_at: null, ...columns })
    .onConflict(['user_id', 'step_id'])
    .merge(columns)
}

export async function exportMarks(database: Knex, userId: string): Promise<readonly unknown[]> {
  const rows = await table(database).where({ user_id: userId }).orderBy('step_id')
  return rows.map(({ step_id: step, done_at: doneAt, put_off: putOff, put_off_until: until }) => ({
    step,
    doneAt: doneAt?.toISOString() ?? null,
    putOff: putOff === 'forever' ? putOff : (until?.toISOString() ?? null),
  }))
}

export async function eraseMarks(database: Knex, userId: string): Promise<void> {
  await table(database).where({ user_id: userId }).delete()
}

export async function forgetMarks(database: Knex, owner: string): Promise<void> {
  await table(database).where('step_id', 'like', `${owner}.%`).delete()
}
