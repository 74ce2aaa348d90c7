import type { Knex } from 'knex'
import type { Amount } from '../money/index.ts'

export interface Asset {
  /** `BTC` */
  readonly id: string
  readonly name: string
  /** Decimals of the smallest unit in the ledger; fixed for life. */
  readonly scale: number
  /** Decimals of the smallest unit in the engine, at most `scale`. Only whole trading units enter a trading wallet. */
  readonly tradingScale: number
}

/**
 * What keeps an account honest, enforced by the database: `user` accounts (and their holds) never fall below zero,
 * `house` accounts may go either way, `external` ones stand for the outside world and only ever owe.
 */
export type AccountKind = 'user' | 'house' | 'external'

/** One movement. `amount` is positive, `source` pays, `target` receives. */
export interface Posting {
  readonly source: string
  readonly target: string
  readonly assetId: string
  readonly amount: Amount
}

export interface JournalEntryRequest {
  /** Idempotency key, remembered for ever: same key and content answer the first entry, other content is a conflict. */
  readonly key: string
  /** What happened, `spot.trade`, `exchange.deposit`. */
  readonly kind: string
  readonly postings: readonly Posting[]
  readonly data?: Readonly<Record<string, unknown>>
}

export interface JournalEntry {
  readonly id: string
  readonly isDuplicate: boolean
}

export interface HoldRequest {
  readonly key: string
  readonly accountId: string
  readonly assetId: string
  readonly amount: Amount
  readonly reason: string
  readonly expiresAt?: Date
}

export interface Hold {
  readonly id: string
  readonly state: 'placed' | 'captured' | 'released' | 'expired'
}

export interface Balance {
  readonly accountId: string
  readonly assetId: string
  readonly available: Amount
  readonly held: Amount
}

/** Every method takes the transaction it belongs to; what it does is undone with it. */
export interface Ledger {
  assets(): Promise<ReadonlyMap<string, Asset>>
  defineAsset(trx: Knex.Transaction, asset: Asset): Promise<void>
  openAccount(trx: Knex.Transaction, id: string, kind: AccountKind): Promise<void>
  /** Posts all entries or none. User accounts are opened on first use. Throws `ledger.insufficient_funds`, `ledger.idempotency_conflict`, `ledger.asset_not_found`, `ledger.accounts_must_be_different`. */
  post(trx: Knex.Transaction, entries: readonly JournalEntryRequest[]): Promise<readonly JournalEntry[]>
  placeHold(trx: Knex.Transaction, request: HoldRequest): Promise<Hold>
  /** Pays `postings` out of the hold (at most its amount, all from its account); the rest is released. */
  captureHold(trx: Knex.Transaction, holdId: string, entry: JournalEntryRequest): Promise<Hold>
  releaseHold(trx: Knex.Transaction, holdId: string): Promise<Hold>
  /** With a transaction, as that one sees them: what it posted is in them, and it needs no second connection. */
  balances(accountIds: readonly string[], trx?: Knex.Transaction): Promise<readonly Balance[]>
}
