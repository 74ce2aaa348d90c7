/** One engine's whole state. Several can live in a process; production runs one. */
import { KeyTable } from './key-table.ts'
import { createMemory, type Limits, type Memory } from './layout.ts'
import type { Market } from '../messages/market.ts'
import * as layout from './layout.ts'

const { OUT, OUTPUT } = layout

export interface Asset {
  readonly name: string
  /** Decimals that amounts of this asset have in the engine, for life. */
  readonly scale: number
  /** All that is in the engine, in units: kept below 2^53, so no balance can ever pass it. */
  total: number
}

/** What an account is beside its balances. */
export interface AccountRecord {
  feeTier: number
  tradeGroup: number
  discount: boolean
}

/** The fees of a tier in one market, or with market -1 in all that have none of their own for it. */
export interface FeeTierTerms {
  readonly tier: number
  readonly market: number
  readonly makerFeePpm: number
  readonly takerFeePpm: number
}

/** Fees in one asset may be paid as numerator / denominator units of another. */
export interface DiscountTerms {
  readonly asset: number
  /** Row of the account that has the fees. */
  readonly feeRow: number
  readonly rate: { readonly mantissa: number; readonly decimals: number }
  readonly discountPpm: number
  readonly numerator: bigint
  readonly denominator: bigint
}

export interface EngineState extends Memory {
  readonly limits: Limits
  readonly markets: Market[]
  readonly marketByName: Map<string, Market>
  readonly assets: Asset[]
  readonly assetByName: Map<string, number>
  /** Each account's balance rows, in the order the account came to have them. */
  readonly rowsByAccount: Map<number, number[]>
  /** Those that any account command has named. */
  readonly accounts: Map<number, AccountRecord>
  /** In the order they were first set. */
  readonly feeTiers: FeeTierTerms[]
  /** By the index of the asset of the fee. */
  readonly discounts: Map<number, DiscountTerms>
  /** The session an account's orders hang on. */
  readonly guards: Map<number, number>
  /** Keys of deposits, withdrawals and markets are kept for ever, those of orders in a window. */
  readonly keysForever: KeyTable
  readonly keysRecent: KeyTable
  /** Takes finished event records; it must copy them before it returns. */
  readonly sink: (records: Uint8Array) => void
}

export function createState(limits: Limits, sink: (records: Uint8Array) => void): EngineState {
  return {
    ...createMemory(limits),
    limits,
    markets: [],
    marketByName: new Map(),
    assets: [],
    assetByName: new Map(),
    rowsByAccount: new Map(),
    accounts: new Map(),
    feeTiers: [],
    discounts: new Map(),
    guards: new Map(),
    keysForever: new KeyTable(1024, { isBounded: false }),
    keysRecent: new KeyTable(limits.keys, { isBounded: true }),
    sink,
  }
}

/** Hands all written events to the sink. The engine does it by itself when its output is full. */
export function flush(s: EngineState): void {
  const start = s.i[OUTPUT]!
  const end = s.i[OUT]!
  if (end === start) return
  s.i[OUT] = start
  s.sink(s.b.subarray(start * 4, end * 4))
}
