import type { Knex } from 'knex'
import { execute, selectRows } from '../database/index.ts'
import { sha256 } from './content.ts'

/** The last journal entry: its number and its hash. The first entry follows on number 0 and an empty hash. */
export interface ChainHead {
  readonly number: bigint
  readonly hash: Buffer
}

/**
 * Takes the one lock every writer of the ledger takes first, and keeps it until `trx` ends. Entries are numbered
 * and chained without gaps because of it, and writers cannot deadlock among themselves. Callers that lock rows of
 * their own should lock those first and post last, so that the ledger is held only briefly.
 */
export async function lockChain(trx: Knex.Transaction): Promise<ChainHead> {
  const [row] = await selectRows<{ number: string; hash: Buffer }>(
    trx,
    'SELECT number, hash FROM ledger_chain WHERE id = 1 FOR UPDATE',
  )
  if (!row) throw new Error('The ledger has no chain head: its migrations have not run.')
  return { number: BigInt(row.number), hash: row.hash }
}

export async function moveChain(trx: Knex.Transaction, head: ChainHead): Promise<void> {
  const statement = 'UPDATE ledger_chain SET number = ?, hash = ? WHERE id = 1'
  await execute(trx, statement, [head.number, head.hash])
}

export interface ChainedEntry {
  readonly number: bigint
  readonly key: string
  readonly contentHash: Buffer
  readonly createdAt: Date
}

/** What an entry adds to the chain; changing anything before it changes this. */
export function chainHash(previous: Buffer, entry: ChainedEntry): Buffer {
  const line = `${entry.number}\n${entry.createdAt.getTime()}\n${entry.key}\n`
  return sha256(previous, line, entry.contentHash)
}
