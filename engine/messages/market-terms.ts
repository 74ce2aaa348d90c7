/** What a market command makes of a market: its terms in full, and whether they can be. */
import type { MarketCommand, MarketFilters } from './command.ts'
import { parseDecimal, toSteps, toUnits } from './decimal.ts'
import type { Reason } from './event.ts'
import { createMarket, type Market, type MarketTerms } from './market.ts'
import { preventions } from './records.ts'
import { AMOUNT_END, TICKS_END } from '../core/layout.ts'

/** An asset that neither a market nor its first deposit gave a scale counts in units of 10^-8. */
export const SCALE_DEFAULT = 8

export type ScaleOf = (asset: string) => number | undefined

/** How a filter is measured, in the order they are checked and written. */
const filterKinds = {
  priceMin: 'ticks',
  priceMax: 'ticks',
  quantityMin: 'lots',
  quantityMax: 'lots',
  marketQuantityMin: 'lots',
  marketQuantityMax: 'lots',
  notionalMin: 'quote',
  notionalMax: 'quote',
  bandUpPpm: 'number',
  bandDownPpm: 'number',
  ordersMax: 'number',
  triggerOrdersMax: 'number',
  icebergOrdersMax: 'number',
  icebergPartsMax: 'number',
  trailingBipsMin: 'number',
  trailingBipsMax: 'number',
  positionMax: 'base',
} as const

export type FilterName = keyof typeof filterKinds
export const filterNames = Object.keys(filterKinds) as FilterName[]

function isOn(value: string | number | undefined): boolean {
  return typeof value === 'string' ? parseDecimal(value).mantissa !== 0 : value !== undefined && value !== 0
}

/** Those that are on; a filter a command leaves out stays as it was, and zero takes it away. */
function filtersOf(command: MarketFilters, existing: MarketFilters | undefined): MarketFilters {
  const filters: Record<string, string | number> = {}
  for (const name of filterNames) {
    const value = command[name] ?? existing?.[name]
    if (name !== 'notionalMin' && value !== undefined && isOn(value)) filters[name] = value
  }
  return filters
}

/** The terms a market command leads to: what it leaves out stays as it was, or takes the default. */
export function termsOf(
  command: Omit<MarketCommand, 'op'>,
  scaleOf: ScaleOf,
  existing: MarketTerms | undefined,
): MarketTerms {
  const { market, base, quote, tickSize, lotSize, makerFeePpm, takerFeePpm } = command
  const mode = command.selfTradePrevention ?? existing?.selfTradePrevention ?? 'none'
  const modes = command.selfTradePreventions ?? existing?.selfTradePreventions ?? preventions
  return {
    market,
    base,
    quote,
    tickSize,
    lotSize,
    baseScale: command.baseScale ?? scaleOf(base) ?? SCALE_DEFAULT,
    quoteScale: command.quoteScale ?? scaleOf(quote) ?? SCALE_DEFAULT,
    makerFeePpm,
    takerFeePpm,
    notionalMin: command.notionalMin ?? existing?.notionalMin ?? '0',
    state: command.state ?? existing?.state ?? 'trading',
    ...filtersOf(command, existing),
    ...(mode !== 'none' && { selfTradePrevention: mode }),
    ...(modes.length < preventions.length && { selfTradePreventions: modes }),
  }
}

/** A filter's value in the market's integers, 0 when it is off; negative or infinite when there is no such. */
export function filterOf(market: Market, name: FilterName): number {
  const { terms } = market
  const value = terms[name]
  if (value === undefined) return 0
  if (typeof value === 'number') return value
  const decimal = parseDecimal(value)
  switch (filterKinds[name]) {
    case 'ticks':
      return toSteps(decimal, market.tick)
    case 'lots':
      return toSteps(decimal, market.lot)
    case 'base':
      return toUnits(decimal, terms.baseScale)
    default:
      return toUnits(decimal, terms.quoteScale)
  }
}

function refusalOfFilter(market: Market, name: FilterName): Reason | undefined {
  const value = filterOf(market, name)
  switch (filterKinds[name]) {
    case 'ticks':
      if (value < 0) return 'price_off_tick'
      return value < TICKS_END ? undefined : 'price_out_of_range'
    case 'lots':
      if (value < 0) return 'quantity_off_lot'
      return value < AMOUNT_END ? undefined : 'quantity_out_of_range'
    default:
      if (value < 0) return 'amount_off_scale'
      return value < AMOUNT_END ? undefined : 'overflow'
  }
}

function refusalOfFilters(market: Market): Reason | undefined {
  for (const name of filterNames) {
    const reason = refusalOfFilter(market, name)
    if (reason) return reason
  }
  const { selfTradePrevention = 'none', selfTradePreventions = preventions } = market.terms
  return selfTradePreventions.includes(selfTradePrevention) ? undefined : 'self_trade_prevention_not_allowed'
}

/** The market those terms make, new or altered, or why they are refused. */
export function marketFrom(
  terms: MarketTerms,
  index: number,
  scaleOf: ScaleOf,
  existing: MarketTerms | undefined,
): Market | Reason {
  const { base, quote, baseScale, quoteScale } = terms
  if ((scaleOf(base) ?? baseScale) !== baseScale) return 'scale_must_match'
  if ((scaleOf(quote) ?? quoteScale) !== quoteScale) return 'scale_must_match'
  const market = createMarket(index, terms)
  if (typeof market === 'string') return market
  const reason = refusalOfFilters(market)
  if (reason) return reason
  if (!existing) return market
  const was = createMarket(index, existing) as Market
  const isSame =
    existing.base === base &&
    existing.quote === quote &&
    was.tick.mantissa === market.tick.mantissa &&
    was.tick.decimals === market.tick.decimals &&
    was.lot.mantissa === market.lot.mantissa &&
    was.lot.decimals === market.lot.decimals
  return isSame ? market : 'market_must_match'
}
