import type { Knex } from 'knex'
import { execute, selectRows } from '../database/index.ts'
import { amount, type Amount } from '../money/index.ts'
import type { AssetRegistry } from './assets.ts'
import { BalanceSheet } from './balance-sheet.ts'
import { lockChain } from './chain.ts'
import { canonicalJson, sha256 } from './content.ts'
import { postEntries } from './journal.ts'
import type { Hold, HoldRequest, JournalEntryRequest } from './ledger.ts'
import { ledgerRefusals } from './refusals.ts'

type Resolution = Exclude<Hold['state'], 'placed'>

interface HoldRow {
  readonly id: string
  readonly key: string
  readonly accountId: string
  readonly assetId: string
  readonly amount: string
  readonly state: Hold['state']
  readonly entryId: string | null
  readonly contentHash: Buffer
  readonly expiresAt: Date | null
}

const columns =
  'id, `key`, account_id accountId, asset_id assetId, amount, state, entry_id entryId, content_hash contentHash, expires_at expiresAt'

function answer(row: HoldRow): Hold {
  return { id: row.id.toString(), state: row.state }
}

function contentHash({ accountId, assetId, amount, reason, expiresAt }: HoldRequest): Buffer {
  return sha256(canonicalJson({ accountId, assetId, amount, reason, expiresAt: expiresAt?.toISOString() }))
}

async function findHold(
  trx: Knex.Transaction,
  column: 'id' | 'key',
  value: string,
): Promise<HoldRow | undefined> {
  const statement = `SELECT ${columns} FROM ledger_holds WHERE \`${column}\` = ? FOR UPDATE`
  const [hold] = await selectRows<HoldRow>(trx, statement, [value])
  return hold
}

export async function placeHold(
  trx: Knex.Transaction,
  assets: AssetRegistry,
  request: HoldRequest,
): Promise<Hold> {
  const { key, accountId, assetId, reason } = request
  if (request.amount <= 0n) throw ledgerRefusals.amount_must_be_positive()
  await lockChain(trx)
  const hash = contentHash(request)
  const earlier = await findHold(trx, 'key', key)
  if (earlier) {
    if (!earlier.contentHash.equals(hash)) throw ledgerRefusals.idempotency_conflict({ key })
    return answer(earlier)
  }
  const sheet = await BalanceSheet.open(trx, await assets.require(trx, [assetId]), [accountId])
  sheet.hold(accountId, assetId, request.amount)
  await sheet.save()
  const row = [key, accountId, assetId, request.amount, reason, hash, request.expiresAt ?? null, new Date()]
  await execute(
    trx,
    'INSERT INTO ledger_holds (`key`, account_id, asset_id, amount, reason, content_hash, expires_at, created_at) VALUES ?',
    [[row]],
  )
  const placed = await findHold(trx, 'key', key)
  if (!placed) throw new Error(`The hold ${key} vanished while it was placed.`)
  return answer(placed)
}

const alreadyResolved = {
  captured: ledgerRefusals.hold_already_captured,
  released: ledgerRefusals.hold_already_released,
  expired: ledgerRefusals.hold_expired,
} as const

async function requireHold(trx: Knex.Transaction, holdId: string): Promise<HoldRow> {
  await lockChain(trx)
  const hold = await findHold(trx, 'id', holdId)
  if (!hold) throw ledgerRefusals.hold_not_found({ holdId })
  return hold
}

async function resolve(
  trx: Knex.Transaction,
  hold: HoldRow,
  outcome: { state: Resolution; entryId?: string },
): Promise<Hold> {
  const statement = 'UPDATE ledger_holds SET state = ?, entry_id = ?, resolved_at = ? WHERE id = ?'
  await execute(trx, statement, [outcome.state, outcome.entryId ?? null, new Date(), hold.id])
  return { id: hold.id.toString(), state: outcome.state }
}

async function freeFunds(trx: Knex.Transaction, assets: AssetRegistry, hold: HoldRow): Promise<void> {
  const sheet = await BalanceSheet.open(trx, await assets.require(trx, [hold.assetId]), [hold.accountId])
  sheet.unhold(hold.accountId, hold.assetId, amount(BigInt(hold.amount)))
  await sheet.save()
}

function refuseForeignPostings(hold: HoldRow, { postings }: JournalEntryRequest): void {
  let total = 0n
  for (const posting of postings) {
    if (posting.source !== hold.accountId || posting.assetId !== hold.assetId) {
      throw ledgerRefusals.hold_pays_from_its_account_only({ holdId: hold.id.toString() })
    }
    total += posting.amount
  }
  if (total > BigInt(hold.amount)) throw ledgerRefusals.exceeds_hold({ holdId: hold.id.toString() })
}

export async function captureHold(
  trx: Knex.Transaction,
  assets: AssetRegistry,
  capture: { holdId: string; entry: JournalEntryRequest },
): Promise<Hold> {
  const hold = await requireHold(trx, capture.holdId)
  if (hold.state === 'captured') {
    // The same capture again answers as the first time; another one comes too late.
    const [entry] = await postEntries(trx, assets, [capture.entry])
    if (entry?.isDuplicate && entry.id === hold.entryId?.toString()) return answer(hold)
  }
  if (hold.state !== 'placed') throw alreadyResolved[hold.state]({ holdId: capture.holdId })
  refuseForeignPostings(hold, capture.entry)
  await freeFunds(trx, assets, hold)
  const [entry] = await postEntries(trx, assets, [capture.entry])
  if (!entry || entry.isDuplicate) throw ledgerRefusals.idempotency_conflict({ key: capture.entry.key })
  return resolve(trx, hold, { state: 'captured', entryId: entry.id })
}

export async function releaseHold(
  trx: Knex.Transaction,
  assets: AssetRegistry,
  holdId: string,
): Promise<Hold> {
  const hold = await requireHold(trx, holdId)
  if (hold.state === 'released') return answer(hold)
  if (hold.state !== 'placed') throw alreadyResolved[hold.state]({ holdId })
  await freeFunds(trx, assets, hold)
  return resolve(trx, hold, { state: 'released' })
}

/** Expires the holds that are due, oldest first, and answers how many. */
export async function expireHolds(
  trx: Knex.Transaction,
  assets: AssetRegistry,
  due: { now: Date; limit: number },
): Promise<number> {
  await lockChain(trx)
  const rows = await selectRows<HoldRow>(
    trx,
    `SELECT ${columns} FROM ledger_holds WHERE state = 'placed' AND expires_at <= ? ORDER BY expires_at, id LIMIT ? FOR UPDATE`,
    [due.now, due.limit],
  )
  for (const hold of rows) {
    await freeFunds(trx, assets, hold)
    await resolve(trx, hold, { state: 'expired' })
  }
  return rows.length
}

/** What a hold still sets aside, by account and asset. */
export async function sumHolds(source: Knex): Promise<Map<string, Amount>> {
  const rows = await selectRows<{ accountId: string; assetId: string; amount: string }>(
    source,
    `SELECT account_id accountId, asset_id assetId, SUM(amount) amount FROM ledger_holds
     WHERE state = 'placed' GROUP BY account_id, asset_id`,
  )
  return new Map(rows.map((row) => [`${row.accountId} ${row.assetId}`, amount(BigInt(row.amount))]))
}
