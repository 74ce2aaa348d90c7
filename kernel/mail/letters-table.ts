import type { Knex } from 'knex'
import { ulid } from '../broker/index.ts'
import { execute } from '../database/index.ts'
import type { NewLetter } from './letter.ts'
import type { letterStates, SentLetter } from './routes.ts'

export interface LetterRow {
  id: string
  letter_key: string
  kind: string
  recipient: string
  /** Sealed; gone as soon as it is over, because links in it open accounts. */
  content: string | null
  state: (typeof letterStates)[number]
  attempts: number
  next_at: Date
  expires_at: Date | null
  answer: string | null
  created_at: Date
  finished_at: Date | null
}

const DUE_MAX = 50
const table = (database: Knex) => database<LetterRow>('mail_letters')

/** Answers whether it is new. */
export async function insertLetter(
  database: Knex,
  { to, kind, key, expiresAt }: NewLetter,
  seal: (letterId: string) => string,
  now: Date,
): Promise<boolean> {
  const letterId = ulid()
  const written = await execute(
    database,
    `INSERT IGNORE INTO mail_letters
       (id, letter_key, kind, recipient, content, state, attempts, next_at, expires_at, created_at)
     VALUES (?)`,
    [[letterId, key, kind, to, seal(letterId), 'waiting', 0, now, expiresAt ?? null, now]],
  )
  return written === 1
}

export function dueLetters(database: Knex, now: Date): Promise<readonly LetterRow[]> {
  return table(database).where({ state: 'waiting' }).where('next_at', '<=', now).orderBy('id').limit(DUE_MAX)
}

export async function endLetter(
  database: Knex,
  letterId: string,
  end: Pick<LetterRow, 'state' | 'answer' | 'attempts'>,
  now: Date,
): Promise<void> {
  // One that failed may be tried again by hand, so its content is kept as long as its row.
  const gone = end.state === 'failed' ? {} : { content: null }
  await table(database)
    .where({ id: letterId })
    .update({ ...end, ...gone, finished_at: now })
}

export async function putOffLetter(
  database: Knex,
  letterId: string,
  put: Pick<LetterRow, 'answer' | 'attempts' | 'next_at'>,
): Promise<void> {
  await table(database).where({ id: letterId }).update(put)
}

export async function reopenLetter(database: Knex, letterId: string, now: Date): Promise<boolean> {
  const opened = await table(database)
    .where({ id: letterId, state: 'failed' })
    .whereNotNull('content')
    .update({ state: 'waiting', attempts: 0, next_at: now, finished_at: null })
  return opened === 1
}

export function findLetter(database: Knex, letterId: string): Promise<LetterRow | undefined> {
  return table(database).where({ id: letterId }).first()
}

export async function pageOfLetters(
  database: Knex,
  { limit, cursor, state }: { limit: number; cursor?: string; state?: LetterRow['state'] },
): Promise<{ items: SentLetter[]; nextCursor?: string }> {
  const query = table(database)
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (cursor !== undefined) void query.where('id', '<', cursor)
  if (state !== undefined) void query.where({ state })
  const rows = await query
  const items = rows.slice(0, limit).map(sentLetterOf)
  const last = items.at(-1)
  return rows.length > limit && last ? { items, nextCursor: last.id } : { items }
}

export function sentLetterOf(row: LetterRow): SentLetter {
  const { id, kind, recipient, state, attempts, answer } = row
  return {
    id,
    kind,
    recipient,
    state,
    attempts,
    answer,
    nextAt: state === 'waiting' ? row.next_at.toISOString() : null,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  }
}

export async function forgetLetters(database: Knex, before: Date): Promise<number> {
  return table(database).where('created_at', '<', before).delete()
}
