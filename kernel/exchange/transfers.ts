import type { Knex } from 'knex'
import type { Outcome } from '@cambium/engine'
import { ulid } from '../broker/index.ts'
import { execute, selectRows, transaction } from '../database/index.ts'
import type { Asset, Ledger, TruthLine } from '../ledger/index.ts'
import { amount, formatAmount, parseAmount, type Amount } from '../money/index.ts'
import { transitAccountId, walletAccountId, type EngineAccounts, type Wallet } from './accounts.ts'
import type { AnsweredSeqs } from './answered.ts'
import type { EngineLink } from './engine-link.ts'
import { lastSeq } from './outcome.ts'
import type { Progress } from './progress.ts'
import { exchangeRefusals, rejectionRefusal } from './refusals.ts'
import { settlementName } from './settlement.ts'

/** How long an answer waits for the ledger to have settled what the engine did. */
const SETTLED_WITHIN_MS = 5_000

export interface TransferRequest {
  readonly userId: string
  readonly assetId: string
  readonly amount: string
  readonly source: Wallet
  readonly target: Wallet
  /** Unique per user; a repeat finishes or answers the first transfer. */
  readonly key: string
}

export interface Transfer {
  readonly id: string
  readonly userId: string
  readonly assetId: string
  readonly amount: Amount
  readonly source: Wallet
  readonly target: Wallet
  readonly state: 'open' | 'done' | 'refused'
  readonly reason: string | null
  readonly createdAt: Date
}

interface TransferRow extends Omit<Transfer, 'amount'> {
  readonly amount: string
}

export interface TransferParts {
  readonly database: Knex
  readonly ledger: Ledger
  readonly link: EngineLink
  readonly accounts: EngineAccounts
  readonly answered: AnsweredSeqs
  readonly progress: Progress
}

const columns =
  'id, user_id userId, asset_id assetId, amount, source, target, state, reason, created_at createdAt'

function toTransfer(row: TransferRow): Transfer {
  return { ...row, amount: amount(BigInt(row.amount)) }
}

async function requireAsset(ledger: Ledger, assetId: string): Promise<Asset> {
  const asset = (await ledger.assets()).get(assetId)
  if (!asset) throw exchangeRefusals.asset_not_found({ assetId })
  return asset
}

/** Only whole trading units can enter the engine, and only those come back. */
async function requireTradable(ledger: Ledger, assetId: string, text: string): Promise<Amount> {
  const asset = await requireAsset(ledger, assetId)
  const units = parseAmount(text, asset.scale)
  if (units <= 0n) throw exchangeRefusals.amount_must_be_positive({ amount: text })
  if (units % 10n ** BigInt(asset.scale - asset.tradingScale) !== 0n) {
    throw exchangeRefusals.amount_off_scale({ amount: text, decimals: asset.tradingScale })
  }
  return units
}

/**
 * Moves funds between the funding wallet, which lives in the ledger, and the spot wallet, which lives in the engine.
 * Each step is recorded or has a key, so whoever finds a transfer open can finish it: its owner, a repeat, the recovery.
 */
export class TransferDesk {
  readonly #parts: TransferParts

  constructor(parts: TransferParts) {
    this.#parts = parts
  }

  /** Throws `ledger.insufficient_funds`, `exchange.insufficient_funds` and the like; nothing has moved then. */
  async create(request: TransferRequest): Promise<Transfer> {
    if (request.source === request.target) throw exchangeRefusals.wallets_must_be_different()
    const units = await requireTradable(this.#parts.ledger, request.assetId, request.amount)
    return this.finish(await this.#open(request, units))
  }

  /** Records the transfer; when it comes from the funding wallet, the funds leave that in the same transaction. */
  #open({ userId, assetId, source, target, key }: TransferRequest, units: Amount): Promise<Transfer> {
    const { database, ledger } = this.#parts
    return transaction(database, async (trx) => {
      const row = [ulid(), userId, key, assetId, units, source, target, new Date()]
      const insert = `INSERT IGNORE INTO exchange_transfers
        (id, user_id, \`key\`, asset_id, amount, source, target, created_at) VALUES ?`
      const isNew = (await execute(trx, insert, [[row]])) === 1
      const select = `SELECT ${columns} FROM exchange_transfers WHERE user_id = ? AND \`key\` = ? FOR UPDATE`
      const [found] = await selectRows<TransferRow>(trx, select, [userId, key])
      if (!found) throw new Error('A transfer vanished while it was opened.')
      const transfer = toTransfer(found)
      const isSame =
        transfer.assetId === assetId &&
        transfer.amount === units &&
        transfer.source === source &&
        transfer.target === target
      if (!isSame) throw exchangeRefusals.idempotency_conflict({ key })
      if (isNew && source === 'funding') await ledger.post(trx, [this.#move(transfer, 'out')])
      return transfer
    })
  }

  /** The funding wallet's side of a transfer: `out` into transit, `in` out of it, `back` when the engine refused. */
  #move(transfer: Transfer, step: 'out' | 'in' | 'back'): Parameters<Ledger['post']>[1][number] {
    const funding = walletAccountId(transfer.userId, 'funding')
    const [source, target] = step === 'out' ? [funding, transitAccountId] : [transitAccountId, funding]
    const posting = { source, target, assetId: transfer.assetId, amount: transfer.amount }
    const key = `exchange.transfer:${transfer.id}:${step}`
    return { key, kind: `exchange.transfer_${step}`, postings: [posting], data: { transferId: transfer.id } }
  }

  /** The engine's side. Repeating it changes nothing and answers the same, so it also tells how it went before. */
  async #command(transfer: Transfer): Promise<Outcome> {
    const { accounts, ledger, link } = this.#parts
    const asset = await requireAsset(ledger, transfer.assetId)
    const account = await accounts.open(transfer.userId)
    const amount = formatAmount(transfer.amount, asset.scale)
    const moved = { account, asset: asset.id, amount, key: `transfer:${transfer.id}` }
    return transfer.target === 'spot'
      ? link.submit({ op: 'deposit', ...moved, scale: asset.tradingScale })
      : link.submit({ op: 'withdraw', ...moved })
  }

  /** Brings an open transfer to its one outcome. */
  async finish(transfer: Transfer): Promise<Transfer> {
    if (transfer.state === 'refused') throw this.#refusal(transfer.reason)
    if (transfer.state === 'done') return transfer
    const { answered, progress } = this.#parts
    const outcome = await this.#command(transfer)
    const [event] = outcome.events
    if (event?.event === 'rejected') {
      await this.#close(transfer, { state: 'refused', reason: event.reason, seq: event.seq })
      throw this.#refusal(event.reason)
    }
    const seq = lastSeq(outcome)
    // Withdrawn funds are in transit only once the ledger has settled them; deposited ones should be seen there.
    const isSettled = await progress.until(settlementName, seq, SETTLED_WITHIN_MS)
    await answered.set(transfer.userId, seq)
    if (transfer.target === 'funding' && !isSettled) return transfer
    await this.#close(transfer, { state: 'done', reason: null, seq })
    return { ...transfer, state: 'done' }
  }

  #refusal(reason: string | null): Error {
    return rejectionRefusal(reason as Parameters<typeof rejectionRefusal>[0])()
  }

  #close(
    transfer: Transfer,
    outcome: { state: 'done' | 'refused'; reason: string | null; seq: number },
  ): Promise<void> {
    const { database, ledger } = this.#parts
    const { state, reason, seq } = outcome
    return transaction(database, async (trx) => {
      const update = `UPDATE exchange_transfers SET state = ?, reason = ?, seq = ?, finished_at = ?
        WHERE id = ? AND state = 'open'`
      const isMine = (await execute(trx, update, [state, reason, seq, new Date(), transfer.id])) === 1
      if (!isMine) return
      if (state === 'refused' && transfer.source === 'funding') {
        await ledger.post(trx, [this.#move(transfer, 'back')])
      }
      if (state === 'done' && transfer.target === 'funding')
        await ledger.post(trx, [this.#move(transfer, 'in')])
    })
  }

  /** Open transfers nobody has finished for so long, oldest first. */
  async abandoned(olderMs: number, limit: number): Promise<Transfer[]> {
    const statement = `SELECT ${columns} FROM exchange_transfers
      WHERE state = 'open' AND created_at <= ? ORDER BY id LIMIT ?`
    const before = new Date(Date.now() - olderMs)
    const rows = await selectRows<TransferRow>(this.#parts.database, statement, [before, limit])
    return rows.map((row) => toTransfer(row))
  }

  async list(userId: string, limit: number): Promise<Transfer[]> {
    const statement = `SELECT ${columns} FROM exchange_transfers WHERE user_id = ? ORDER BY id DESC LIMIT ?`
    const rows = await selectRows<TransferRow>(this.#parts.database, statement, [userId, limit])
    return rows.map((row) => toTransfer(row))
  }

  /**
   * What must be in transit when the ledger has settled everything up to `seq`, by the rows `trx` sees. An open
   * transfer is asked of the engine by repeating its command, which is what recovery would do anyway.
   */
  async inTransit(trx: Knex.Transaction, seq: number): Promise<TruthLine[]> {
    const statement = `SELECT ${columns}, seq FROM exchange_transfers WHERE state = 'open' OR seq > ?`
    const rows = await selectRows<TransferRow & { seq: string | null }>(trx, statement, [seq])
    const sums = new Map<string, bigint>()
    for (const row of rows) {
      const transfer = toTransfer(row)
      const units = await this.#amountInTransit(transfer, row.seq, seq)
      sums.set(transfer.assetId, (sums.get(transfer.assetId) ?? 0n) + units)
    }
    return [...sums].map(([assetId, units]) => ({
      accountId: transitAccountId,
      assetId,
      amount: amount(units),
    }))
  }

  async #amountInTransit(transfer: Transfer, closedAt: string | null, seq: number): Promise<bigint> {
    // A refused deposit has left transit with the row that says so.
    if (transfer.state === 'refused') return 0n
    const outcome = closedAt === null ? await this.#command(transfer) : undefined
    const isRejected = outcome?.events[0]?.event === 'rejected'
    const engineSeq = outcome ? lastSeq(outcome) : Number(closedAt)
    const isInSnapshot = !isRejected && engineSeq <= seq
    if (transfer.target === 'spot') return isInSnapshot ? 0n : transfer.amount
    return isInSnapshot && transfer.state === 'open' ? transfer.amount : 0n
  }
}
