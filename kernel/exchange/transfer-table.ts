import type { Knex } from 'knex'
import { execute, selectRows } from '../database/index.ts'
import { amount, type Amount } from '../money/index.ts'
import type { Wallet } from './accounts.ts'

export interface Transfer {
  readonly id: string
  readonly userId: string
  readonly assetId: string
  readonly amount: Amount
  readonly source: Wallet
  readonly target: Wallet
  /** Whose spot wallet is meant; of a funding wallet they say nothing. */
  readonly sourceShard: string
  readonly targetShard: string
  /** 2 once funds on their way between two shards have left the first one. */
  readonly leg: 1 | 2
  readonly state: 'open' | 'done' | 'refused'
  readonly reason: string | null
  readonly createdAt: Date
}

/** Of a closed transfer, `seq` is that of the engine's last word on it. */
export type ClosableTransfer = Transfer & { readonly seq: number | null }

interface TransferRow extends Omit<Transfer, 'amount'> {
  readonly amount: string
  readonly seq: string | null
}

export type NewTransfer = Omit<Transfer, 'leg' | 'state' | 'reason' | 'createdAt'> & { readonly key: string }

const columns = `id, user_id userId, asset_id assetId, amount, source, target, source_shard sourceShard,
  target_shard targetShard, leg, state, reason, seq, created_at createdAt`

function toTransfer({ seq, ...row }: TransferRow): ClosableTransfer {
  return { ...row, amount: amount(BigInt(row.amount)), seq: seq === null ? null : Number(seq) }
}

async function select(
  source: Knex,
  condition: string,
  values: readonly unknown[],
): Promise<ClosableTransfer[]> {
  const statement = `SELECT ${columns} FROM exchange_transfers WHERE ${condition}`
  return (await selectRows<TransferRow>(source, statement, [...values])).map((row) => toTransfer(row))
}

/** Inserts the transfer unless its user has one under this key, and answers the one there is, locked. */
export async function insertTransfer(
  trx: Knex.Transaction,
  { id, userId, key, assetId, amount: units, source, target, sourceShard, targetShard }: NewTransfer,
): Promise<{ transfer: Transfer; isNew: boolean }> {
  const row = [id, userId, key, assetId, units, source, target, sourceShard, targetShard, new Date()]
  const statement = `INSERT IGNORE INTO exchange_transfers
    (id, user_id, \`key\`, asset_id, amount, source, target, source_shard, target_shard, created_at) VALUES ?`
  const isNew = (await execute(trx, statement, [[row]])) === 1
  const [transfer] = await select(trx, 'user_id = ? AND `key` = ? FOR UPDATE', [userId, key])
  if (!transfer) throw new Error('A transfer vanished while it was opened.')
  return { transfer, isNew }
}

/** False when somebody else was quicker. */
export async function startSecondLeg(trx: Knex.Transaction, id: string): Promise<boolean> {
  const statement = `UPDATE exchange_transfers SET leg = 2 WHERE id = ? AND state = 'open' AND leg = 1`
  return (await execute(trx, statement, [id])) === 1
}

export interface Closing {
  readonly state: 'done' | 'refused'
  readonly reason: string | null
  readonly seq: number
}

/** False when somebody else was quicker. */
export async function closeTransfer(
  trx: Knex.Transaction,
  id: string,
  { state, reason, seq }: Closing,
): Promise<boolean> {
  const statement = `UPDATE exchange_transfers SET state = ?, reason = ?, seq = ?, finished_at = ?
    WHERE id = ? AND state = 'open'`
  return (await execute(trx, statement, [state, reason, seq, new Date(), id])) === 1
}

export async function readTransfer(source: Knex, id: string): Promise<Transfer> {
  const [transfer] = await select(source, 'id = ?', [id])
  if (!transfer) throw new Error(`There is no transfer ${id}.`)
  return transfer
}

/** Open transfers that were begun before, oldest first. */
export function openTransfersBefore(source: Knex, before: Date, limit: number): Promise<Transfer[]> {
  return select(source, "state = 'open' AND created_at <= ? ORDER BY id LIMIT ?", [before, limit])
}

export function transfersOf(source: Knex, userId: string, limit: number): Promise<Transfer[]> {
  return select(source, 'user_id = ? ORDER BY id DESC LIMIT ?', [userId, limit])
}

/** Those that are open, and those into a shard that were closed after the seq given for it. */
export function unsettledTransfers(
  source: Knex,
  seqs: ReadonlyMap<string, number>,
): Promise<ClosableTransfer[]> {
  const shards = [...seqs].map(() => "target = 'spot' AND target_shard = ? AND seq > ?")
  return select(source, ["state = 'open'", ...shards].join(' OR '), [...seqs].flat())
}
