import type { Knex } from 'knex'
import { execute } from '../database/index.ts'
import type { ActivityEntry } from './routes.ts'

export interface ActivityRow {
  seq: string
  user_id: string
  owner: string
  kind: string
  entry_key: string
  title: string
  icon: string
  asset_id: string | null
  amount: string | null
  state: ActivityEntry['state']
  link: string | null
  data: string
  at: Date
}

export interface ActivityQuery {
  readonly limit?: number
  readonly cursor?: string
  readonly owner?: string
  readonly kind?: string
  readonly assetId?: string
  readonly from?: string
  readonly until?: string
}

const PAGE_ROWS = 50
const cursorForm = /^(\d{1,15})\.(\d{1,20})$/

export function entryOf(row: ActivityRow): ActivityEntry {
  return {
    id: String(row.seq),
    owner: row.owner,
    kind: row.kind,
    title: row.title,
    icon: row.icon,
    assetId: row.asset_id,
    amount: row.amount,
    state: row.state,
    link: row.link,
    data: JSON.parse(row.data) as ActivityEntry['data'],
    at: row.at.toISOString(),
  }
}

/** Writes an entry, or what has changed of the one under its key; answers it as it is now. */
export async function writeEntry(database: Knex, row: Omit<ActivityRow, 'seq'>): Promise<ActivityEntry> {
  const columns = Object.keys(row)
  await execute(
    database,
    `INSERT INTO activity_entries (${columns.join(', ')}) VALUES (?)
     ON DUPLICATE KEY UPDATE title = VALUES(title), asset_id = VALUES(asset_id), amount = VALUES(amount),
       state = VALUES(state), link = VALUES(link), data = VALUES(data)`,
    [Object.values(row)],
  )
  const { owner, user_id: userId, entry_key: key } = row
  const written = await database<ActivityRow>('activity_entries')
    .where({ owner, user_id: userId, entry_key: key })
    .first()
  return entryOf(written as ActivityRow)
}

export async function readEntries(
  database: Knex,
  userId: string,
  { limit = PAGE_ROWS, cursor, owner, kind, assetId, from, until }: ActivityQuery,
): Promise<{ items: ActivityEntry[]; nextCursor?: string }> {
  const query = database<ActivityRow>('activity_entries')
    .where({ user_id: userId })
    .orderBy([
      { column: 'at', order: 'desc' },
      { column: 'seq', order: 'desc' },
    ])
    .limit(limit + 1)
  if (owner !== undefined) void query.where({ owner })
  if (kind !== undefined) void query.where({ kind })
  if (assetId !== undefined) void query.where({ asset_id: assetId })
  if (from !== undefined) void query.where('at', '>=', new Date(from))
  if (until !== undefined) void query.where('at', '<', new Date(until))
  const [, atMs, seq] = cursorForm.exec(cursor ?? '') ?? []
  if (atMs !== undefined && seq !== undefined) {
    const at = new Date(Number.parseInt(atMs, 10))
    void query.whereRaw('(at, seq) < (?, ?)', [at, seq])
  }
  const rows = await query
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const page = { items: items.map(entryOf) }
  return rows.length > limit && last ? { ...page, nextCursor: `${last.at.getTime()}.${last.seq}` } : page
}
