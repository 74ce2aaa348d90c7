import type { Knex } from 'knex'
import { selectRows } from '../database/index.ts'
import { amount } from '../money/index.ts'
import { chainHash } from './chain.ts'
import { entryContentHash } from './journal.ts'
import type { Posting } from './ledger.ts'

const ENTRIES_A_PAGE = 2000

interface EntryRow {
  id: string
  key: string
  kind: string
  data: string
  contentHash: Buffer
  hash: Buffer
  createdAt: Date
}

interface PostingRow {
  entryId: string
  source: string
  target: string
  assetId: string
  amount: string
}

function readPage(trx: Knex.Transaction, after: bigint): Promise<EntryRow[]> {
  return selectRows<EntryRow>(
    trx,
    `SELECT id, \`key\`, kind, data, content_hash contentHash, hash, created_at createdAt
     FROM ledger_entries WHERE id > ? ORDER BY id LIMIT ?`,
    [after, ENTRIES_A_PAGE],
  )
}

async function readPostings(
  trx: Knex.Transaction,
  first: string,
  last: string,
): Promise<Map<string, Posting[]>> {
  const rows = await selectRows<PostingRow>(
    trx,
    `SELECT entry_id entryId, source, target, asset_id assetId, amount
     FROM ledger_postings WHERE entry_id BETWEEN ? AND ? ORDER BY entry_id, number`,
    [first, last],
  )
  const byEntry = new Map<string, Posting[]>()
  for (const { entryId, source, target, assetId, amount: units } of rows) {
    const posting = { source, target, assetId, amount: amount(BigInt(units)) }
    const postings = byEntry.get(String(entryId))
    if (postings) postings.push(posting)
    else byEntry.set(String(entryId), [posting])
  }
  return byEntry
}

function breakOf(
  entry: EntryRow,
  expected: bigint,
  previous: Buffer,
  postings: readonly Posting[],
): string | undefined {
  const { key, kind, data, contentHash, createdAt } = entry
  if (BigInt(entry.id) !== expected) return `journal entry ${expected} is missing`
  if (!entryContentHash(kind, postings, data).equals(contentHash)) {
    return `journal entry ${entry.id} does not match its content hash: it or its postings were changed`
  }
  if (!chainHash(previous, { number: expected, key, contentHash, createdAt }).equals(entry.hash)) {
    return `journal entry ${entry.id} does not follow from the entry before it`
  }
  return undefined
}

/** Recomputes every hash from the first entry on. Answers the number of good entries and the first break, if any. */
export async function verifyChain(trx: Knex.Transaction): Promise<{ entries: number; broken?: string }> {
  let number = 0n
  let hash: Buffer = Buffer.alloc(0)
  for (;;) {
    const page = await readPage(trx, number)
    const [first, last] = [page[0], page.at(-1)]
    if (!first || !last) break
    const postings = await readPostings(trx, first.id, last.id)
    for (const entry of page) {
      const broken = breakOf(entry, number + 1n, hash, postings.get(String(entry.id)) ?? [])
      if (broken !== undefined) return { entries: Number(number), broken }
      number += 1n
      hash = entry.hash
    }
  }
  const statement = 'SELECT number, hash FROM ledger_chain'
  const [head] = await selectRows<{ number: string; hash: Buffer }>(trx, statement)
  const isWhole = head && BigInt(head.number) === number && head.hash.equals(hash)
  return isWhole
    ? { entries: Number(number) }
    : { entries: Number(number), broken: `the chain ends at ${number}, its head says ${head?.number}` }
}
