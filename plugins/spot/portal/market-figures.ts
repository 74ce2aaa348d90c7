import { inject, provide, type InjectionKey } from 'vue'
import { decimalsOf, fixDecimals } from '@cambium/kernel/money'
import type { Market } from '../routes/markets.ts'

/** The markets' ticks and lots, so that figures of one column share their decimals. */
const marketsKey: InjectionKey<() => readonly Market[]> = Symbol('spot markets')

export function provideMarkets(markets: () => readonly Market[]): void {
  provide(marketsKey, markets)
}

/** Undefined where nobody provided markets or the market is gone: its figures show what decimals they have. */
export function useMarketOf(): (marketId: string) => Market | undefined {
  const markets = inject(marketsKey, () => [])
  return (marketId) => markets().find(({ id }) => id === marketId)
}

/** A price in a sentence, with the decimals of its market's tick. */
export function priceOnTick(price: string, market: Market | undefined): string {
  return market ? fixDecimals(price, decimalsOf(market.tickSize)) : price
}
