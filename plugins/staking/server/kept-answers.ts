import { createHash } from 'node:crypto'
import { stakingRefusals } from '../routes/refusals.ts'
import type { Database, Transaction } from './columns.ts'

/** A write that takes effect once. Everybody has keys of their own. */
export interface KeyedRequest {
  readonly caller: string
  readonly key: string
  /** What is asked for: the same key with other content is refused. */
  readonly content: unknown
  readonly nowMs: number
}

interface RequestRow {
  readonly content_hash: Buffer
  readonly answer: string | null
}

/**
 * Runs `work` for the first request with its key and answers every repeat, for ever, as the first time. Key, answer
 * and effect are one transaction: a crash leaves all of them or none.
 */
export async function answerOnce<T>(
  trx: Transaction,
  { caller, key, content, nowMs }: KeyedRequest,
  work: () => Promise<T>,
): Promise<T> {
  const hash = createHash('sha256').update(JSON.stringify(content)).digest()
  const name = { caller, request_key: key }
  // The second of two at once waits here until the first has committed, and then finds its answer.
  await trx('staking_requests')
    .insert({ ...name, content_hash: hash, answer: null, created_at_ms: nowMs })
    .onConflict()
    .ignore()
  const row = (await trx('staking_requests').where(name).forUpdate().first()) as RequestRow
  if (!row.content_hash.equals(hash)) throw stakingRefusals.key_used_before({ key })
  if (row.answer !== null) return JSON.parse(row.answer) as T
  const answer = await work()
  await trx('staking_requests')
    .where(name)
    .update({ answer: JSON.stringify(answer) })
  return answer
}

/** Whether the caller's request with this key was answered before. */
export async function isAnswered(database: Database, caller: string, key: string): Promise<boolean> {
  const row = (await database('staking_requests').where({ caller, request_key: key }).first('answer')) as
    Pick<RequestRow, 'answer'> | undefined
  return typeof row?.answer === 'string'
}
