/** The part of a market that never changes while it exists, and how its integers read as decimals. */
import { formatUnits, parseDecimal, powerOfTen, toSteps, type Decimal } from './decimal.ts'
import type { MarketFilters, MarketState, SelfTradePrevention } from './command.ts'
import type { Reason } from './event.ts'
import { AMOUNT_END, TICKS_END } from '../core/layout.ts'

/** What a market event says, without its seq and time. Filters are there while they are on. */
export interface MarketTerms extends MarketFilters {
  readonly market: string
  readonly base: string
  readonly quote: string
  readonly tickSize: string
  readonly lotSize: string
  readonly baseScale: number
  readonly quoteScale: number
  readonly makerFeePpm: number
  readonly takerFeePpm: number
  readonly notionalMin: string
  readonly state: MarketState
  /** Absent: `none`. */
  readonly selfTradePrevention?: SelfTradePrevention
  /** Absent: all of them. */
  readonly selfTradePreventions?: readonly SelfTradePrevention[]
}

export interface Market {
  readonly index: number
  readonly terms: MarketTerms
  readonly tick: Decimal
  readonly lot: Decimal
  /** Trading units of the base asset in one lot. */
  readonly baseUnit: number
  /** Trading units of the quote asset in one tick × one lot. */
  readonly quoteUnit: number
}

/** Off the grid of ticks or lots: sent on, so that the engine itself refuses it and the refusal has a seq. */
export const OFF_GRID = -1

// Larger sizes than this would leave no room for a price or quantity below 2^53.
const sizeMantissaEnd = 1_000_000

function unitsOf(mantissa: number, exponent: number): number {
  const units = exponent >= 0 ? mantissa * powerOfTen(exponent) : mantissa / powerOfTen(-exponent)
  return Number.isSafeInteger(units) ? units : 0
}

/** The market that `terms` describe, or the reason why there can be none. */
export function createMarket(index: number, terms: MarketTerms): Market | Reason {
  const tick = parseDecimal(terms.tickSize)
  const lot = parseDecimal(terms.lotSize)
  if (terms.base === terms.quote) return 'assets_must_be_different'
  if (tick.mantissa === 0 || lot.mantissa === 0) return 'market_sizes_must_be_positive'
  if (tick.mantissa > sizeMantissaEnd || lot.mantissa > sizeMantissaEnd) return 'overflow'
  // Price × quantity must come out whole at the quote's trading scale, or a trade could not be settled exactly.
  const baseUnit = unitsOf(lot.mantissa, terms.baseScale - lot.decimals)
  const quoteUnit = unitsOf(tick.mantissa * lot.mantissa, terms.quoteScale - tick.decimals - lot.decimals)
  if (baseUnit === 0 || quoteUnit === 0) return 'scale_too_small'
  return { index, terms, tick, lot, baseUnit, quoteUnit }
}

export function ticksOf(market: Market, price: string): number {
  const ticks = toSteps(parseDecimal(price), market.tick)
  return ticks < TICKS_END ? ticks : 0
}

export function lotsOf(market: Market, quantity: string): number {
  const lots = toSteps(parseDecimal(quantity), market.lot)
  return lots < AMOUNT_END ? lots : 0
}

/** With the tick's decimals: how prices of trades and orders are written. */
export function formatPrice(market: Market, ticks: number): string {
  return formatUnits(ticks * market.tick.mantissa, market.tick.decimals, market.tick.decimals)
}

export function formatQuantity(market: Market, lots: number): string {
  return formatUnits(lots * market.lot.mantissa, market.lot.decimals)
}
