import type { Knex } from 'knex'
import { ulid } from '../broker/index.ts'
import { transaction } from '../database/index.ts'
import { identityRefusals } from './refusals.ts'
import type { LevelChange } from './routes.ts'

export interface NewLevel {
  readonly userId: string
  readonly level: number
  /** What the operator saw. */
  readonly levelBefore?: number
  readonly reason: string
  readonly changedBy: string
}

/** What happened to a user's level, for whoever has to know in the same transaction. */
export interface LevelStep {
  readonly userId: string
  readonly levelBefore: number
  readonly levelAfter: number
}

interface LevelRow {
  id: string
  user_id: string
  level_before: number
  level_after: number
  reason: string
  changed_by: string
  changed_at: Date
}

const SHOWN_MAX = 200

/** Sets the level and keeps who did it and why. One that stays as it is leaves no trace. */
export async function setLevel(
  database: Knex,
  { userId, level, levelBefore, reason, changedBy }: NewLevel,
  andThen: (trx: Knex.Transaction, step: LevelStep) => Promise<void>,
): Promise<void> {
  await transaction(database, async (trx) => {
    const user = await trx<{ id: string; level: number }>('users')
      .where({ id: userId })
      .forUpdate()
      .first('level')
    if (!user) throw identityRefusals.user_not_found({ userId })
    if (levelBefore !== undefined && user.level !== levelBefore)
      throw identityRefusals.changed_meanwhile({ current: await presentLevel(trx, userId, user.level) })
    if (user.level === level) return
    await trx('users').where({ id: userId }).update({ level })
    await trx<LevelRow>('users_level_changes').insert({
      id: ulid(),
      user_id: userId,
      level_before: user.level,
      level_after: level,
      reason,
      changed_by: changedBy,
      changed_at: new Date(),
    })
    await andThen(trx, { userId, levelBefore: user.level, levelAfter: level })
  })
}

/** The level with who gave it last: what a refused operator compares. */
async function presentLevel(trx: Knex.Transaction, userId: string, level: number) {
  const [last] = await levelChanges(trx, userId)
  const { reason = '', changedBy = '', changedAt = '' } = last ?? {}
  return { level, reason, changedBy, changedAt, revision: level }
}

export async function levelChanges(database: Knex, userId: string): Promise<LevelChange[]> {
  const rows = await database<LevelRow>('users_level_changes')
    .where({ user_id: userId })
    .orderBy('id', 'desc')
    .limit(SHOWN_MAX)
  return rows.map((row) => ({
    id: row.id,
    levelBefore: row.level_before,
    levelAfter: row.level_after,
    reason: row.reason,
    changedBy: row.changed_by,
    changedAt: row.changed_at.toISOString(),
  }))
}
