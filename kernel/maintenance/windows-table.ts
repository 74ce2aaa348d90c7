import type { Knex } from 'knex'
import { execute } from '../database/index.ts'

export interface WindowRow {
  id: string
  scope: string
  message: string
  begins_at: Date
  ends_at: Date | null
  ended_at: Date | null
  revision: number
  changed_by: string
  changed_at: Date
}

const PAGE_ROWS = 50

export async function findWindow(database: Knex, windowId: string): Promise<WindowRow | undefined> {
  return database<WindowRow>('maintenance_windows').where({ id: windowId }).first()
}

export async function openWindows(database: Knex): Promise<WindowRow[]> {
  return database<WindowRow>('maintenance_windows').whereNull('ended_at').orderBy(['begins_at', 'id'])
}

export async function pageOfWindows(
  database: Knex,
  {
    limit = PAGE_ROWS,
    cursor,
    scope,
  }: { readonly limit?: number; readonly cursor?: string; readonly scope?: string },
): Promise<{ rows: WindowRow[]; nextCursor?: string }> {
  const query = database<WindowRow>('maintenance_windows')
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (scope !== undefined) void query.where({ scope })
  if (cursor !== undefined) void query.where('id', '<', cursor)
  const found = await query
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  return found.length > limit && last ? { rows, nextCursor: last.id } : { rows }
}

/** False where something of the same scope is planned or runs: of two operators at once, one opens it. */
export async function insertWindow(database: Knex, row: WindowRow): Promise<boolean> {
  const columns = Object.keys(row)
  const inserted = await execute(
    database,
    `INSERT IGNORE INTO maintenance_windows (${columns.join(', ')}) VALUES (?)`,
    [Object.values(row)],
  )
  return inserted === 1
}

/** False when the window is not at `revision` any more. */
export async function updateWindow(
  database: Knex,
  {
    id,
    revision,
    ...columns
  }: Pick<WindowRow, 'id' | 'revision' | 'changed_by' | 'changed_at'> & Partial<WindowRow>,
): Promise<boolean> {
  const changed = await database<WindowRow>('maintenance_windows')
    .where({ id, revision })
    .whereNull('ended_at')
    .update({ ...columns, revision: revision + 1 })
  return changed === 1
}
