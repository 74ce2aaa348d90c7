/** A fingerprint of everything commands can still depend on: equal for equal histories, whichever engine lived them. */
import { createHash } from 'node:crypto'
import { readLists, readOpenOrders } from './open-orders.ts'
import {
  readBalances,
  readMarkets,
  type AccountSettings,
  type Balance,
  type Discount,
  type FeeTier,
  type Guard,
  type MarketReading,
  type OpenList,
  type OpenOrder,
} from './reads.ts'
import { readAccounts, readDiscounts, readFeeTiers, readGuards } from './setting-reads.ts'
import type { EngineState } from './state.ts'
import { SEQ_NEXT } from './layout.ts'

/**
 * The whole state in one canonical form. Orders: market by market the open ones, bids then asks, each in the order it would
 * trade; after all markets the waiting and then the pending ones, by number. Settings only where they differ from the default.
 */
export interface StateDump {
  readonly seqNext: number
  /** As they were created. */
  readonly markets: readonly MarketReading[]
  /** In any order; rows with nothing in them do not count. */
  readonly balances: readonly Balance[]
  readonly orders: readonly OpenOrder[]
  /** By number. */
  readonly lists: readonly OpenList[]
  /** By account. */
  readonly accounts: readonly AccountSettings[]
  /** By tier; within one the general terms, then those of markets as they were created. */
  readonly feeTiers: readonly FeeTier[]
  /** By fee asset. */
  readonly discounts: readonly Discount[]
  /** By account. */
  readonly guards: readonly Guard[]
}

/** One line, the same whatever the order of the fields. */
function lineOf(row: object): string {
  const fields = Object.entries(row).filter(([, value]) => value !== undefined)
  return `${JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)))}\n`
}

export function hashState({ seqNext, balances, ...sections }: StateDump): string {
  const hash = createHash('sha256').update(`${seqNext}\n`)
  const rows = balances.filter(({ available, held }) => available !== '0' || held !== '0')
  for (const line of rows.map(lineOf).sort()) hash.update(line)
  const { markets, orders, lists, accounts, feeTiers, discounts, guards } = sections
  for (const [name, lines] of Object.entries({
    markets,
    orders,
    lists,
    accounts,
    feeTiers,
    discounts,
    guards,
  })) {
    hash.update(`${name}\n`)
    for (const row of lines) hash.update(lineOf(row))
  }
  return hash.digest('hex')
}

export function dumpOf(s: EngineState): StateDump {
  return {
    seqNext: s.f[SEQ_NEXT >> 1]!,
    markets: readMarkets(s),
    balances: readBalances(s),
    orders: readOpenOrders(s),
    lists: readLists(s),
    accounts: readAccounts(s),
    feeTiers: readFeeTiers(s),
    discounts: readDiscounts(s),
    guards: readGuards(s),
  }
}

export function hashOf(s: EngineState): string {
  return hashState(dumpOf(s))
}
