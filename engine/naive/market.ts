/** Markets: which terms a command leads to, and why there can be no such market. */
import type { MarketCommand, MarketFilters } from '../messages/command.ts'
import type { Reason } from '../messages/event.ts'
import type { MarketTerms } from '../messages/market.ts'
import { amountEnd, countOf, digitsOf, exact, multiply, ticksEnd, unitsIn } from './decimal.ts'
import { reject } from './refusal.ts'
import { balanceOf, say, type NaiveState } from './state.ts'
import { uncross } from './uncross.ts'

export const scaleDefault = 8
const digitsMax = 1_000_000n
const preventionsInAll = 5

/** In the order in which they are looked at. */
const filterNames = [
  'priceMin',
  'priceMax',
  'quantityMin',
  'quantityMax',
  'marketQuantityMin',
  'marketQuantityMax',
  'notionalMin',
  'notionalMax',
  'bandUpPpm',
  'bandDownPpm',
  'ordersMax',
  'triggerOrdersMax',
  'icebergOrdersMax',
  'icebergPartsMax',
  'trailingBipsMin',
  'trailingBipsMax',
  'positionMax',
] as readonly (keyof MarketFilters)[]

function isOn(value: string | number | undefined): boolean {
  return typeof value === 'string' ? exact(value) !== 0n : (value ?? 0) !== 0
}

/** What a command leaves out stays as it was; a filter of zero goes. */
function termsAfter(s: NaiveState, command: MarketCommand, was: MarketTerms | undefined): MarketTerms {
  const { market, base, quote, tickSize, lotSize, makerFeePpm, takerFeePpm } = command
  const filters = filterNames
    .map((name) => [name, command[name] ?? was?.[name]] as const)
    .filter(([name, value]) => name !== 'notionalMin' && isOn(value))
  const prevention = command.selfTradePrevention ?? was?.selfTradePrevention ?? 'none'
  const allowed = command.selfTradePreventions ?? was?.selfTradePreventions
  return {
    market,
    base,
    quote,
    tickSize,
    lotSize,
    makerFeePpm,
    takerFeePpm,
    baseScale: command.baseScale ?? s.assets.get(base)?.scale ?? scaleDefault,
    quoteScale: command.quoteScale ?? s.assets.get(quote)?.scale ?? scaleDefault,
    notionalMin: command.notionalMin ?? was?.notionalMin ?? '0',
    state: command.state ?? was?.state ?? 'trading',
    ...(Object.fromEntries(filters) as MarketFilters),
    ...(prevention !== 'none' && { selfTradePrevention: prevention }),
    ...(allowed && allowed.length < preventionsInAll && { selfTradePreventions: allowed }),
  }
}

function refusalOfSizes(terms: MarketTerms): Reason | undefined {
  const tick = exact(terms.tickSize)
  const lot = exact(terms.lotSize)
  if (terms.base === terms.quote) return 'assets_must_be_different'
  if (tick === 0n || lot === 0n) return 'market_sizes_must_be_positive'
  if ([terms.tickSize, terms.lotSize].some((size) => digitsOf(exact(size)) > digitsMax)) return 'overflow'
  // A trade of one lot at one tick must come out whole in both assets.
  const isExact = (value: bigint, scale: number): boolean => (unitsIn(value, scale) ?? amountEnd) < amountEnd
  const fits = isExact(lot, terms.baseScale) && isExact(multiply(tick, lot), terms.quoteScale)
  return fits ? undefined : 'scale_too_small'
}

function refusalOfFilter(terms: MarketTerms, name: keyof MarketFilters): Reason | undefined {
  const value = terms[name]
  if (typeof value !== 'string') return undefined
  const number = exact(value)
  if (name === 'priceMin' || name === 'priceMax') {
    const ticks = countOf(number, terms.tickSize, ticksEnd)
    if (ticks === 'off') return 'price_off_tick'
    return ticks === 'beyond' ? 'price_out_of_range' : undefined
  }
  if (name.toLowerCase().includes('quantity')) {
    const lots = countOf(number, terms.lotSize, amountEnd)
    if (lots === 'off') return 'quantity_off_lot'
    return lots === 'beyond' ? 'quantity_out_of_range' : undefined
  }
  const units = unitsIn(number, name === 'positionMax' ? terms.baseScale : terms.quoteScale)
  if (units === undefined) return 'amount_off_scale'
  return units < amountEnd ? undefined : 'overflow'
}

function refusalOfTerms(s: NaiveState, terms: MarketTerms, was: MarketTerms | undefined): Reason | undefined {
  const { base, quote, baseScale, quoteScale } = terms
  const scaleOf = (asset: string): number | undefined => s.assets.get(asset)?.scale
  if ((scaleOf(base) ?? baseScale) !== baseScale) return 'scale_must_match'
  if ((scaleOf(quote) ?? quoteScale) !== quoteScale) return 'scale_must_match'
  const refusal =
    refusalOfSizes(terms) ??
    filterNames.map((name) => refusalOfFilter(terms, name)).find((found) => found !== undefined)
  if (refusal) return refusal
  const { selfTradePrevention = 'none', selfTradePreventions } = terms
  if (selfTradePreventions && !selfTradePreventions.includes(selfTradePrevention)) {
    return 'self_trade_prevention_not_allowed'
  }
  if (!was) return undefined
  const isSame =
    was.base === base &&
    was.quote === quote &&
    exact(was.tickSize) === exact(terms.tickSize) &&
    exact(was.lotSize) === exact(terms.lotSize)
  return isSame ? undefined : 'market_must_match'
}

/** Opens or alters a market. One that begins to trade with a crossed book is uncrossed first. */
export function setMarket(s: NaiveState, command: MarketCommand): void {
  const known = s.markets.get(command.market)
  const terms = termsAfter(s, command, known?.terms)
  const refusal = refusalOfTerms(s, terms, known?.terms)
  if (refusal) return reject(s, { op: 'market', market: command.market }, refusal)
  const market = known ?? { name: command.market, terms, lastPrice: undefined, buy: [], sell: [] }
  const was = known?.terms.state
  market.terms = terms
  s.markets.set(market.name, market)
  for (const [asset, scale] of [
    [terms.base, terms.baseScale],
    [terms.quote, terms.quoteScale],
  ] as const) {
    if (!s.assets.has(asset)) s.assets.set(asset, { scale, total: 0n })
    balanceOf(s, 0, asset)
  }
  say(s, { event: 'market', ...terms })
  if (terms.state === 'trading' && was !== 'trading') uncross(s, market)
}
