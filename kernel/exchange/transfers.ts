import type { Knex } from 'knex'
import type { Outcome } from '@cambium/engine'
import { ulid } from '../broker/index.ts'
import { transaction } from '../database/index.ts'
import type { Asset, Ledger } from '../ledger/index.ts'
import { formatAmount, parseAmount, type Amount } from '../money/index.ts'
import { fundingAccountId, transitAccountId, type EngineAccounts, type Wallet } from './accounts.ts'
import type { AnsweredSeqs } from './answered.ts'
import { mainShard } from '../engine-shards.ts'
import { lastSeq } from './outcome.ts'
import type { Progress } from './progress.ts'
import { exchangeRefusals, rejectionRefusal } from './refusals.ts'
import { settlementName } from './settlement.ts'
import type { Shards } from './shards.ts'
import {
  closeTransfer,
  insertTransfer,
  openTransfersBefore,
  readTransfer,
  startSecondLeg,
  transfersOf,
  type Closing,
  type Transfer,
} from './transfer-table.ts'

/** How long an answer waits for the ledger to have settled what the engine did. */
const SETTLED_WITHIN_MS = 5_000

export interface TransferRequest {
  readonly userId: string
  readonly assetId: string
  readonly amount: string
  readonly source: Wallet
  readonly target: Wallet
  /** Which spot wallet is meant, by the name of its shard: main's unless said. */
  readonly sourceShard?: string
  readonly targetShard?: string
  /** Unique per user; a repeat finishes or answers the first transfer. */
  readonly key: string
}

/** What moved between the own wallets (`source` is one), or came from outside. */
export interface Move {
  readonly id: string
  readonly userId: string
  readonly assetId: string
  readonly amount: string
  readonly source: Wallet | 'outside'
  readonly target: Wallet
}

export type MoveListener = (trx: Knex.Transaction, move: Move) => Promise<void>

export interface TransferParts {
  readonly database: Knex
  readonly ledger: Ledger
  readonly shards: Shards
  readonly accounts: EngineAccounts
  readonly answered: AnsweredSeqs
  readonly progress: Progress
  readonly onMoved: MoveListener
}

async function requireAsset(ledger: Ledger, assetId: string): Promise<Asset> {
  const asset = (await ledger.assets()).get(assetId)
  if (!asset) throw exchangeRefusals.asset_not_found({ assetId })
  return asset
}

/** Only whole trading units can enter an engine, and only those come back. */
async function requireTradable(ledger: Ledger, assetId: string, text: string): Promise<Amount> {
  const asset = await requireAsset(ledger, assetId)
  const units = parseAmount(text, asset.scale)
  if (units <= 0n) throw exchangeRefusals.amount_must_be_positive({ amount: text })
  if (units % 10n ** BigInt(asset.scale - asset.tradingScale) !== 0n) {
    throw exchangeRefusals.amount_off_scale({ amount: text, decimals: asset.tradingScale })
  }
  return units
}

function refusalOf({ id, source, leg, reason }: Transfer): Error {
  // What has left one shard and is refused by the other is the user's in the funding wallet, which refuses nothing.
  const where = source === 'spot' && leg === 2 ? { transferId: id, arrivedIn: 'funding' } : {}
  return rejectionRefusal(reason as Parameters<typeof rejectionRefusal>[0])(where)
}

/**
 * Moves funds between the funding wallet, which lives in the ledger, and spot wallets, which live in the engines; also
 * from one engine to another. Each step is recorded or has a key, so whoever finds a transfer open can finish it: its
 * owner, a repeat, the recovery.
 */
export class TransferDesk {
  readonly #parts: TransferParts

  constructor(parts: TransferParts) {
    this.#parts = parts
  }

  /** Throws `ledger.insufficient_funds`, `exchange.insufficient_funds` and the like; nothing has moved then. */
  async create(request: TransferRequest): Promise<Transfer> {
    const { sourceShard = mainShard.name, targetShard = mainShard.name, ...rest } = request
    const named = { ...rest, sourceShard, targetShard }
    if (named.source === named.target && (named.source === 'funding' || sourceShard === targetShard)) {
      throw exchangeRefusals.wallets_must_be_different()
    }
    const units = await requireTradable(this.#parts.ledger, request.assetId, request.amount)
    return this.finish(await this.#open(named, units))
  }

  /** Records the transfer; when it comes from the funding wallet, the funds leave that in the same transaction. */
  #open(request: Required<TransferRequest>, units: Amount): Promise<Transfer> {
    const { database, ledger } = this.#parts
    return transaction(database, async (trx) => {
      const { transfer, isNew } = await insertTransfer(trx, { ...request, id: ulid(), amount: units })
      const names = ['assetId', 'source', 'target', 'sourceShard', 'targetShard'] as const
      const isSame = transfer.amount === units && names.every((name) => transfer[name] === request[name])
      if (!isSame) throw exchangeRefusals.idempotency_conflict({ key: request.key })
      if (isNew && transfer.source === 'funding') await ledger.post(trx, [this.#move(transfer, 'out')])
      return transfer
    })
  }

  /**
   * What a transfer moves in the ledger itself: `out` of the funding wallet into transit, `in` from transit to it, `back`
   * when the engine that was to have it refused, `between` the transit accounts of two shards.
   */
  #move(transfer: Transfer, step: 'out' | 'in' | 'back' | 'between'): Parameters<Ledger['post']>[1][number] {
    const { id, userId, assetId, amount, sourceShard, targetShard } = transfer
    const funding = fundingAccountId(userId)
    const [from, to] = [transitAccountId(sourceShard), transitAccountId(targetShard)]
    const ends = {
      out: [funding, to],
      in: [from, funding],
      back: [to, funding],
      between: [from, to],
    } as const
    const [source, target] = ends[step]
    const key = `exchange.transfer:${id}:${step}`
    const postings = [{ source, target, assetId, amount }]
    return { key, kind: `exchange.transfer_${step}`, postings, data: { transferId: id } }
  }

  /** An engine's side. Repeating it changes nothing and answers the same, so it also tells how it went before. */
  async command(transfer: Transfer, op: 'deposit' | 'withdraw'): Promise<Outcome> {
    const { accounts, ledger, shards } = this.#parts
    const asset = await requireAsset(ledger, transfer.assetId)
    const account = await accounts.open(transfer.userId)
    const amount = formatAmount(transfer.amount, asset.scale)
    const moved = { account, asset: asset.id, amount, key: `transfer:${transfer.id}` }
    return op === 'deposit'
      ? shards.named(transfer.targetShard).link.submit({ op, ...moved, scale: asset.tradingScale })
      : shards.named(transfer.sourceShard).link.submit({ op, ...moved })
  }

  /** Brings an open transfer to its one outcome. */
  async finish(transfer: Transfer): Promise<Transfer> {
    if (transfer.state === 'refused') throw refusalOf(transfer)
    if (transfer.state === 'done') return transfer
    if (transfer.source === 'funding' || transfer.leg === 2) return this.#deposit(transfer)
    return this.#withdraw(transfer)
  }

  async #withdraw(transfer: Transfer): Promise<Transfer> {
    const outcome = await this.command(transfer, 'withdraw')
    const [event] = outcome.events
    if (event?.event === 'rejected') return this.#refuse(transfer, event)
    const isSettled = await this.#isSettled(transfer, transfer.sourceShard, lastSeq(outcome))
    // Withdrawn funds are in transit only once the ledger has settled them; recovery goes on from there.
    if (!isSettled) return transfer
    if (transfer.target === 'spot') return this.#pass(transfer)
    await this.#close(transfer, { state: 'done', reason: null, seq: lastSeq(outcome) })
    return { ...transfer, state: 'done' }
  }

  /** Hands withdrawn funds over to the other shard's transit account, once, and goes on with the deposit there. */
  async #pass(transfer: Transfer): Promise<Transfer> {
    const { database, ledger } = this.#parts
    const current = await transaction(database, async (trx) => {
      if (await startSecondLeg(trx, transfer.id)) await ledger.post(trx, [this.#move(transfer, 'between')])
      return readTransfer(trx, transfer.id)
    })
    return this.finish(current)
  }

  async #deposit(transfer: Transfer): Promise<Transfer> {
    const outcome = await this.command(transfer, 'deposit')
    const [event] = outcome.events
    if (event?.event === 'rejected') return this.#refuse(transfer, event)
    // The ledger settles what has been deposited in any case; the answer waits so that it shows there.
    await this.#isSettled(transfer, transfer.targetShard, lastSeq(outcome))
    await this.#close(transfer, { state: 'done', reason: null, seq: lastSeq(outcome) })
    return { ...transfer, state: 'done' }
  }

  async #isSettled({ userId }: Transfer, shardName: string, seq: number): Promise<boolean> {
    const { answered, progress, shards } = this.#parts
    const isSettled = await progress.until(settlementName(shards.named(shardName)), seq, SETTLED_WITHIN_MS)
    await answered.set(userId, seq)
    return isSettled
  }

  async #refuse(transfer: Transfer, { reason, seq }: { reason: string; seq: number }): Promise<never> {
    await this.#close(transfer, { state: 'refused', reason, seq })
    throw refusalOf({ ...transfer, reason })
  }

  #close(transfer: Transfer, closing: Closing): Promise<void> {
    const { database, ledger, onMoved } = this.#parts
    const { id, userId, assetId, source, target, leg } = transfer
    return transaction(database, async (trx) => {
      if (!(await closeTransfer(trx, transfer.id, closing))) return
      const wasInTransit = source === 'funding' || leg === 2
      if (closing.state === 'refused' && wasInTransit) await ledger.post(trx, [this.#move(transfer, 'back')])
      if (closing.state === 'done' && target === 'funding') {
        await ledger.post(trx, [this.#move(transfer, 'in')])
      }
      if (closing.state !== 'done') return
      const amount = formatAmount(transfer.amount, (await requireAsset(ledger, assetId)).scale)
      await onMoved(trx, { id, userId, assetId, amount, source, target })
    })
  }

  /** Open transfers nobody has finished for so long, oldest first. */
  abandoned(olderMs: number, limit: number): Promise<Transfer[]> {
    return openTransfersBefore(this.#parts.database, new Date(Date.now() - olderMs), limit)
  }

  list(userId: string, limit: number): Promise<Transfer[]> {
    return transfersOf(this.#parts.database, userId, limit)
  }
}
