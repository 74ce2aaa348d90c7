import type { Knex } from 'knex'
import { insertRows, selectRows } from '../database/index.ts'
import { BalanceSheet } from './balance-sheet.ts'
import { chainHash, lockChain, moveChain, type ChainHead } from './chain.ts'
import { canonicalJson, sha256 } from './content.ts'
import type { AssetRegistry } from './assets.ts'
import type { JournalEntry, JournalEntryRequest, Posting } from './ledger.ts'
import { ledgerRefusals } from './refusals.ts'

export interface PreparedEntry {
  readonly request: JournalEntryRequest
  readonly data: string
  readonly contentHash: Buffer
}

interface KnownEntry {
  readonly id: string
  readonly contentHash: Buffer
}

/** What makes two requests the same, whatever the time: everything but the key. */
export function entryContentHash(kind: string, postings: readonly Posting[], data: string): Buffer {
  const moves = postings.map(({ source, target, assetId, amount }) => [source, target, assetId, amount])
  return sha256(canonicalJson([kind, moves]), '\n', data)
}

export function prepareEntry(request: JournalEntryRequest): PreparedEntry {
  for (const { source, target, amount } of request.postings) {
    if (source === target) throw ledgerRefusals.accounts_must_be_different({ accountId: source })
    if (amount <= 0n) throw ledgerRefusals.amount_must_be_positive()
  }
  const data = canonicalJson(request.data ?? {})
  return { request, data, contentHash: entryContentHash(request.kind, request.postings, data) }
}

async function findEntries(trx: Knex.Transaction, keys: readonly string[]): Promise<Map<string, KnownEntry>> {
  // A locking read sees what was committed while this transaction waited, at any isolation level.
  const rows = await selectRows<{ id: string; key: string; contentHash: Buffer }>(
    trx,
    'SELECT id, `key`, content_hash contentHash FROM ledger_entries WHERE `key` IN (?) LOCK IN SHARE MODE',
    [keys],
  )
  return new Map(rows.map(({ id, key, contentHash }) => [key, { id: id.toString(), contentHash }]))
}

/** Posts under the chain's lock: answers the entries known by their key, numbers and writes the others. */
export async function postEntries(
  trx: Knex.Transaction,
  assets: AssetRegistry,
  requests: readonly JournalEntryRequest[],
): Promise<readonly JournalEntry[]> {
  if (requests.length === 0) return []
  const prepared = requests.map((request) => prepareEntry(request))
  const head = await lockChain(trx)
  const known = await findEntries(
    trx,
    requests.map((request) => request.key),
  )
  const fresh: PreparedEntry[] = []
  const answers = prepared.map((entry): JournalEntry => {
    const { key } = entry.request
    const earlier = known.get(key)
    if (earlier) {
      if (!earlier.contentHash.equals(entry.contentHash)) throw ledgerRefusals.idempotency_conflict({ key })
      return { id: earlier.id, isDuplicate: true }
    }
    fresh.push(entry)
    const id = (head.number + BigInt(fresh.length)).toString()
    known.set(key, { id, contentHash: entry.contentHash })
    return { id, isDuplicate: false }
  })
  if (fresh.length > 0) await writeEntries(trx, { assets, head, entries: fresh })
  return answers
}

interface Writing {
  readonly assets: AssetRegistry
  readonly head: ChainHead
  readonly entries: readonly PreparedEntry[]
}

async function writeEntries(trx: Knex.Transaction, { assets, head, entries }: Writing): Promise<void> {
  const postings = entries.flatMap((entry) => entry.request.postings)
  const known = await assets.require(trx, new Set(postings.map((posting) => posting.assetId)))
  const accountIds = postings.flatMap(({ source, target }) => [source, target])
  if (accountIds.length > 0) {
    const sheet = await BalanceSheet.open(trx, known, accountIds)
    for (const entry of entries) sheet.apply(entry.request.postings)
    await sheet.save()
  }
  await moveChain(trx, await appendEntries(trx, head, entries))
}

async function appendEntries(
  trx: Knex.Transaction,
  head: ChainHead,
  entries: readonly PreparedEntry[],
): Promise<ChainHead> {
  const createdAt = new Date()
  const entryRows: unknown[][] = []
  const postingRows: unknown[][] = []
  let { number, hash } = head
  for (const { request, data, contentHash } of entries) {
    number += 1n
    hash = chainHash(hash, { number, key: request.key, contentHash, createdAt })
    entryRows.push([number, request.key, request.kind, data, contentHash, hash, createdAt])
    request.postings.forEach(({ source, target, assetId, amount }, index) => {
      postingRows.push([number, index, source, target, assetId, amount])
    })
  }
  const columns = '(id, `key`, kind, data, content_hash, hash, created_at)'
  await insertRows(trx, `INSERT INTO ledger_entries ${columns} VALUES ?`, entryRows)
  const postingColumns = '(entry_id, number, source, target, asset_id, amount)'
  await insertRows(trx, `INSERT INTO ledger_postings ${postingColumns} VALUES ?`, postingRows)
  return { number, hash }
}
