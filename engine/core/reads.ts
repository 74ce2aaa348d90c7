/** Questions about the state. They change nothing and are answered from memory. */
import { nextLevel } from './book.ts'
import { formatUnits } from '../messages/decimal.ts'
import type { ListKind, OrderType, SelfTradePrevention, Side, TimeInForce } from '../messages/command.ts'
import type { OpenStatus } from '../messages/event.ts'
import { formatPrice, formatQuantity, type MarketTerms } from '../messages/market.ts'
import type { EngineState } from './state.ts'
import * as layout from './layout.ts'

const {
  ASSET_BITS,
  AVAILABLE,
  BEST,
  BUY,
  COUNT,
  FLAGS,
  HEAD,
  HELD,
  ICEBERGS,
  IS_ICEBERG,
  LAST_PRICE,
  LEAVES,
  LEVEL_PRICE,
  MARKETS_AT,
  MARKET_WORDS,
  NEXT,
  ROW_ASSET,
  SELL,
  SHOWN,
  VOLUME,
} = layout

export interface Balance {
  readonly account: number
  readonly asset: string
  readonly available: string
  readonly held: string
}

/** All that an order still is. What does not apply to its type is absent. */
export interface OpenOrder {
  readonly order: number
  readonly id: string
  readonly market: string
  readonly account: number
  readonly side: Side
  readonly status: OpenStatus
  readonly type: OrderType
  /** Of those with a price. */
  readonly timeInForce?: TimeInForce
  readonly price?: string
  /** `0`, as the leaves, for a pending market order with a quote quantity. */
  readonly quantity: string
  readonly quoteQuantity?: string
  readonly leaves: string
  /** What self-trade prevention took of it: quantity = filled + prevented + leaves. */
  readonly prevented: string
  readonly displayQuantity?: string
  /** Of an open iceberg: what its level shows of it now. */
  readonly shown?: string
  readonly postOnly: boolean
  readonly anyNotional: boolean
  readonly selfTradePrevention: SelfTradePrevention
  readonly triggerPrice?: string
  readonly trailingBips?: number
  /** Of one that waits with trailingBips: whether its activation price was reached, and the best price since. */
  readonly isActive?: boolean
  readonly extreme?: string
  readonly expiresAt?: number
  /** The number of its list. */
  readonly list?: number
}

export interface OpenList {
  readonly list: number
  readonly id: string
  readonly market: string
  readonly account: number
  readonly kind: ListKind
  /** Those of its orders that are left, by number. */
  readonly orders: readonly number[]
}

export interface AccountSettings {
  readonly account: number
  readonly feeTier: number
  readonly tradeGroup: number
  readonly discount: boolean
}

export interface FeeTier {
  readonly tier: number
  readonly market?: string
  readonly makerFeePpm: number
  readonly takerFeePpm: number
}

export interface Discount {
  readonly feeAsset: string
  readonly asset: string
  readonly rate: string
  readonly discountPpm: number
}

export interface Guard {
  readonly account: number
  readonly session: number
}

export interface MarketReading extends MarketTerms {
  /** Of the latest trade. */
  readonly lastPrice?: string
}

export interface DepthLevel {
  readonly price: string
  readonly quantity: string
  readonly orders: number
}

export interface Depth {
  /** Best price first. */
  readonly bids: readonly DepthLevel[]
  readonly asks: readonly DepthLevel[]
}

export interface AssetTerms {
  readonly asset: string
  readonly scale: number
  /** What all accounts together have. */
  readonly total: string
}

/** Of one account, or of all; account 0 has the fees. */
export function readBalances(s: EngineState, account?: number): Balance[] {
  const accounts = account === undefined ? [...s.rowsByAccount.keys()].sort((a, b) => a - b) : [account]
  const balances: Balance[] = []
  for (const owner of accounts) {
    for (const row of s.rowsByAccount.get(owner) ?? []) {
      const { name, scale } = s.assets[s.i[row + ROW_ASSET]! & ASSET_BITS]!
      balances.push({
        account: owner,
        asset: name,
        available: formatUnits(s.f[(row + AVAILABLE) >> 1]!, scale),
        held: formatUnits(s.f[(row + HELD) >> 1]!, scale),
      })
    }
  }
  return balances
}

export function* levelsOf(s: EngineState, index: number, side: number): Generator<number> {
  const market = MARKETS_AT + index * MARKET_WORDS
  let level = s.i[market + BEST + side]!
  while (level !== 0) {
    yield level
    level = nextLevel(market, side, level)
  }
}

/** Icebergs show a part of what they have. */
function shownIn({ i, f }: EngineState, level: number): number {
  let lots = f[(level + VOLUME) >> 1]!
  if (i[level + ICEBERGS] === 0) return lots
  for (let order = i[level + HEAD]!; order !== level; order = i[order + NEXT]!) {
    if (i[order + FLAGS]! & IS_ICEBERG) lots -= f[(order + LEAVES) >> 1]! - f[(order + SHOWN) >> 1]!
  }
  return lots
}

export function readDepth(s: EngineState, name: string, limit: number): Depth | undefined {
  const market = s.marketByName.get(name)
  if (!market) return undefined
  const side = (which: number): DepthLevel[] =>
    levelsOf(s, market.index, which)
      .take(limit)
      .map((level) => ({
        price: formatPrice(market, s.i[level + LEVEL_PRICE]!),
        quantity: formatQuantity(market, shownIn(s, level)),
        orders: s.i[level + COUNT]!,
      }))
      .toArray()
  return { bids: side(BUY), asks: side(SELL) }
}

export function readMarkets(s: EngineState): MarketReading[] {
  return s.markets.map((market) => {
    const last = s.i[MARKETS_AT + market.index * MARKET_WORDS + LAST_PRICE]!
    return last === 0 ? market.terms : { ...market.terms, lastPrice: formatPrice(market, last) }
  })
}

export function readAssets(s: EngineState): AssetTerms[] {
  return s.assets.map(({ name, scale, total }) => ({ asset: name, scale, total: formatUnits(total, scale) }))
}
