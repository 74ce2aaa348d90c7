import type { Knex } from 'knex'
import { execute, selectRows, transaction } from '../database/index.ts'
import { shareLimit, type ToggleState } from './evaluation.ts'

/** What a toggle was set to, by whom and when. */
export interface KeptState {
  readonly state: ToggleState
  readonly revision: number
  readonly changedBy: string
  readonly changedAt: Date
}

interface StateRow {
  toggle_id: string
  mode: ToggleState['mode']
  percentage: number
  user_ids: string
  levels: string
  revision: number
  changed_by: string
  changed_at: Date
}

interface ChangeRow {
  toggle_id: string
  revision: number
  state: string
  changed_by: string
  changed_at: Date
}

const CHANGES_SHOWN = 100

function keptOf({
  mode,
  percentage,
  user_ids,
  levels,
  revision,
  changed_by,
  changed_at,
}: StateRow): KeptState {
  return {
    state: {
      mode,
      percentage,
      userIds: JSON.parse(user_ids) as string[],
      levels: JSON.parse(levels) as number[],
    },
    revision,
    changedBy: changed_by,
    changedAt: changed_at,
  }
}

export async function allStates(database: Knex): Promise<Map<string, KeptState>> {
  const rows = await database<StateRow>('toggles_states').select()
  return new Map(rows.map((row) => [row.toggle_id, keptOf(row)]))
}

/** False when the toggle is not at the revision before any more. */
export async function storeState(database: Knex, toggleId: string, kept: KeptState): Promise<boolean> {
  const { state, revision, changedBy, changedAt } = kept
  const lists = [JSON.stringify(state.userIds), JSON.stringify(state.levels)]
  const values = [state.mode, state.percentage, ...lists, revision, changedBy, changedAt]
  return transaction(database, async (trx) => {
    const stored =
      revision > 1
        ? await execute(
            trx,
            `UPDATE toggles_states SET mode = ?, percentage = ?, user_ids = ?, levels = ?, revision = ?,
               changed_by = ?, changed_at = ?
             WHERE toggle_id = ? AND revision = ?`,
            [...values, toggleId, revision - 1],
          )
        : await execute(
            trx,
            `INSERT IGNORE INTO toggles_states
               (mode, percentage, user_ids, levels, revision, changed_by, changed_at, toggle_id)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
            [...values, toggleId],
          )
    if (stored !== 1) return false
    await trx<ChangeRow>('toggles_changes').insert({
      toggle_id: toggleId,
      revision,
      state: JSON.stringify(state),
      changed_by: changedBy,
      changed_at: changedAt,
    })
    return true
  })
}

/** The newest first. */
export async function stateChanges(database: Knex, toggleId: string): Promise<KeptState[]> {
  const rows = await database<ChangeRow>('toggles_changes')
    .where({ toggle_id: toggleId })
    .orderBy('revision', 'desc')
    .limit(CHANGES_SHOWN)
  return rows.map(({ state, revision, changed_by, changed_at }) => ({
    state: JSON.parse(state) as ToggleState,
    revision,
    changedBy: changed_by,
    changedAt: changed_at,
  }))
}

export async function forgetStates(database: Knex, toggleIds: readonly string[]): Promise<void> {
  for (const table of ['toggles_states', 'toggles_changes'])
    await database(table)
      .whereIn('toggle_id', [...toggleIds])
      .delete()
}

export async function idsOfOwner(database: Knex, owner: string): Promise<string[]> {
  const rows = (await database('toggles_states')
    .where('toggle_id', 'like', `${owner.replaceAll('_', '\\_')}.%`)
    .select('toggle_id')) as { toggle_id: string }[]
  return rows.map(({ toggle_id }) => toggle_id)
}

const people = 'is_house = 0 AND erased_at IS NULL'

/** How many people there are, and for how many of them the toggle is on; reckoned as `isOnFor` does, by the database. */
export async function countAudience(
  database: Knex,
  toggleId: string,
  { mode, percentage, userIds, levels }: ToggleState,
): Promise<{ users: number; of: number }> {
  const some = [
    "CAST(CONV(LEFT(SHA2(CONCAT(?, ':', id), 256), 8), 16, 10) AS UNSIGNED) < ?",
    ...(userIds.length > 0 ? [`id IN (${userIds.map(() => '?').join(', ')})`] : []),
    ...(levels.length > 0 ? [`level IN (${levels.map(() => '?').join(', ')})`] : []),
  ]
  const isIn = { off: '0', on: '1', some: some.join(' OR ') }[mode]
  const bound = mode === 'some' ? [toggleId, shareLimit(percentage), ...userIds, ...levels] : []
  const [row] = await selectRows<{ people: number | string; users: number | string | null }>(
    database,
    `SELECT COUNT(*) AS people, SUM(${isIn}) AS users FROM users WHERE ${people}`,
    bound,
  )
  return { users: Number(row?.users ?? 0), of: Number(row?.people ?? 0) }
}
