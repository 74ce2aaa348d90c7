import type { Knex } from 'knex'
import { escapeLike, execute } from '../database/index.ts'
import type { AuditDetail, AuditEntry } from './routes.ts'

export interface AuditRow {
  seq: string
  at: Date
  actor_id: string
  action: string
  owner: string
  title: string
  subject_kind: string
  subject_id: string
  request_id: string
  address: string
  params: string
  state_before: string | null
  state_after: string | null
  outcome: 'done' | 'refused' | 'failed' | null
  problem: string | null
  took_ms: number | null
}

export type NewAuditRow = Omit<AuditRow, 'seq' | 'state_after' | 'outcome' | 'problem' | 'took_ms'>

/** How an act ended. */
export type Settlement = Pick<AuditRow, 'outcome' | 'problem' | 'took_ms' | 'state_after'> & {
  /** Known only now where the act made what it is about. */
  readonly subject_id: string
}

export interface AuditQuery {
  readonly limit?: number
  readonly cursor?: string
  readonly actorId?: string
  readonly owner?: string
  readonly subjectKind?: string
  readonly subjectId?: string
  readonly outcome?: AuditEntry['outcome']
  readonly search?: string
  readonly from?: string
  readonly until?: string
}

type Entry = Omit<AuditEntry, 'actorEmail'>

const PAGE_ROWS = 50
const listed = [
  'seq',
  'at',
  'actor_id',
  'action',
  'owner',
  'title',
  'subject_kind',
  'subject_id',
  'request_id',
  'address',
  'outcome',
  'problem',
  'took_ms',
]

function entryOf(row: AuditRow): Entry {
  return {
    id: String(row.seq),
    at: row.at.toISOString(),
    actorId: row.actor_id,
    action: row.action,
    owner: row.owner,
    title: row.title,
    subjectKind: row.subject_kind,
    subjectId: row.subject_id,
    requestId: row.request_id,
    address: row.address,
    outcome: row.outcome ?? 'unknown',
    problem: row.problem,
    tookMs: row.took_ms,
  }
}

export async function beginEntry(database: Knex, row: NewAuditRow): Promise<string> {
  const [seq] = await database<NewAuditRow>('audit_entries').insert(row)
  return String(seq)
}

export async function settleEntry(database: Knex, seq: string, settlement: Settlement): Promise<void> {
  const columns = Object.keys(settlement)
  await execute(
    database,
    `UPDATE audit_entries SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE seq = ?`,
    [...Object.values(settlement), seq],
  )
}

export async function readAudit(
  database: Knex,
  { limit = PAGE_ROWS, cursor, search, outcome, from, until, ...query }: AuditQuery,
): Promise<{ items: Entry[]; nextCursor?: string }> {
  const found = database<AuditRow>('audit_entries')
    .select(listed as never)
    .orderBy('seq', 'desc')
    .limit(limit + 1)
  if (query.actorId !== undefined) void found.where({ actor_id: query.actorId })
  if (query.owner !== undefined) void found.where({ owner: query.owner })
  if (query.subjectKind !== undefined) void found.where({ subject_kind: query.subjectKind })
  if (query.subjectId !== undefined) void found.where({ subject_id: query.subjectId })
  if (outcome !== undefined) void found.where({ outcome: outcome === 'unknown' ? null : outcome })
  if (from !== undefined) void found.where('at', '>=', new Date(from))
  if (until !== undefined) void found.where('at', '<', new Date(until))
  if (cursor !== undefined && /^\d{1,20}$/.test(cursor)) void found.where('seq', '<', cursor)
  if (search !== undefined && search.trim() !== '') {
    const like = `%${escapeLike(search.trim().toLowerCase())}%`
    void found.where((either) =>
      either
        .whereRaw('LOWER(title) LIKE ?', [like])
        .orWhereRaw('LOWER(subject_id) LIKE ?', [like])
        .orWhereRaw('LOWER(action) LIKE ?', [like])
        .orWhere({ request_id: search.trim() }),
    )
  }
  const rows = (await found) as AuditRow[]
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const answer = { items: items.map(entryOf) }
  return rows.length > limit && last ? { ...answer, nextCursor: String(last.seq) } : answer
}

function stateOf(text: string | null): unknown {
  return text === null ? null : JSON.parse(text)
}

export async function findAudit(
  database: Knex,
  seq: string,
): Promise<Omit<AuditDetail, 'actorEmail'> | undefined> {
  const row = await database<AuditRow>('audit_entries').where({ seq }).first()
  if (!row) return undefined
  const { params, state_before: before, state_after: after } = row
  return { ...entryOf(row), params: stateOf(params), before: stateOf(before), after: stateOf(after) }
}
