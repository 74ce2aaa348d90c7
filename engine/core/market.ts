/** Markets as commands: their terms, and what of them orders read. */
import { FEE_ACCOUNT, hasRows, openRow } from './balance.ts'
import { nameOf } from '../messages/command-record.ts'
import type { MarketCommand } from '../messages/command.ts'
import { setRates } from './account.ts'
import { writeMarketEvent, writeRejected } from './event-record.ts'
import { codeOf } from '../messages/event.ts'
import type { Market } from '../messages/market.ts'
import { filterOf, marketFrom, termsOf, type FilterName } from '../messages/market-terms.ts'
import { registerAsset } from './money.ts'
import { allocateNode, hasRoots } from './price-index.ts'
import type { EngineState } from './state.ts'
import { uncross } from './uncross.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { f, i } = memory
const {
  BASE_ASSET,
  BASE_UNIT,
  FEE_BASE_ROW,
  FEE_QUOTE_ROW,
  FILTERS,
  MARKETS,
  MARKETS_AT,
  MARKET_INDEX,
  MARKET_WORDS,
  NOTIONAL_MIN,
  PREVENTION,
  PREVENTIONS,
  QUOTE_ASSET,
  QUOTE_UNIT,
  ROOT,
  STATE,
  TICKS_END,
  TRIGGER_ABOVE,
  TRIGGER_BELOW,
} = layout
const { OP_MARKET, marketStates, preventions } = records

const TRADING = marketStates.indexOf('trading')

/** Creates a market or alters it. One that begins to trade with a crossed book is uncrossed first. */
export function setMarket(s: EngineState, at: number): void {
  const command = JSON.parse(nameOf(s, at)) as MarketCommand
  const known = s.marketByName.get(command.market)
  const scaleOf = (asset: string): number | undefined => s.assets[s.assetByName.get(asset) ?? -1]?.scale
  const terms = termsOf(command, scaleOf, known?.terms)
  const index = known?.index ?? s.markets.length
  const made = marketFrom(terms, index, scaleOf, known?.terms)
  const isFull = !known && (index === s.limits.markets || !hasRoots() || !hasRows(2))
  if (typeof made === 'string' || isFull) {
    const reason = typeof made === 'string' ? made : 'engine_full'
    return writeRejected(at, OP_MARKET, 0, -1, codeOf(reason), command.market, 0)
  }
  s.markets[index] = made
  s.marketByName.set(terms.market, made)
  if (!known) openMarket(s, made)
  const word = MARKETS_AT + index * MARKET_WORDS
  const isOpening = terms.state === 'trading' && i[word + STATE] !== TRADING
  i[word + STATE] = marketStates.indexOf(terms.state)
  setRates(s, index)
  setFilters(word, made)
  writeMarketEvent(index, JSON.stringify(terms))
  if (isOpening) uncross(word)
}

/** Where each filter stands; the second half in words of eight bytes. */
const filterWords = {
  priceMin: layout.PRICE_MIN,
  priceMax: layout.PRICE_MAX,
  bandUpPpm: layout.BAND_UP_PPM,
  bandDownPpm: layout.BAND_DOWN_PPM,
  ordersMax: layout.ORDERS_MAX,
  triggerOrdersMax: layout.TRIGGER_ORDERS_MAX,
  icebergOrdersMax: layout.ICEBERG_ORDERS_MAX,
  icebergPartsMax: layout.ICEBERG_PARTS_MAX,
  trailingBipsMin: layout.TRAILING_BIPS_MIN,
  trailingBipsMax: layout.TRAILING_BIPS_MAX,
} satisfies Partial<Record<FilterName, number>>
const wideFilterWords = {
  quantityMin: layout.QUANTITY_MIN,
  quantityMax: layout.QUANTITY_MAX,
  marketQuantityMin: layout.MARKET_QUANTITY_MIN,
  marketQuantityMax: layout.MARKET_QUANTITY_MAX,
  notionalMax: layout.NOTIONAL_MAX,
  positionMax: layout.POSITION_MAX,
} satisfies Partial<Record<FilterName, number>>

function setFilters(word: number, made: Market): void {
  const { selfTradePrevention = 'none', selfTradePreventions = preventions } = made.terms
  let isAnyOn = 0
  for (const [name, place] of Object.entries(filterWords)) {
    const value = filterOf(made, name as FilterName)
    i[word + place] = value
    if (value !== 0) isAnyOn = 1
  }
  for (const [name, place] of Object.entries(wideFilterWords)) {
    const value = filterOf(made, name as FilterName)
    f[(word + place) >> 1] = value
    if (value !== 0) isAnyOn = 1
  }
  // The minimum notional is checked without being asked whether it is on.
  f[(word + NOTIONAL_MIN) >> 1] = filterOf(made, 'notionalMin')
  i[word + FILTERS] = isAnyOn
  i[word + PREVENTION] = preventions.indexOf(selfTradePrevention)
  i[word + PREVENTIONS] = selfTradePreventions.reduce(
    (bits, mode) => bits | (1 << preventions.indexOf(mode)),
    0,
  )
}

function openMarket(s: EngineState, made: Market): void {
  const word = MARKETS_AT + made.index * MARKET_WORDS
  i[MARKETS] = made.index + 1
  i[word + TRIGGER_ABOVE] = TICKS_END
  i[word + TRIGGER_BELOW] = -1
  const base = registerAsset(s, made.terms.base, made.terms.baseScale)
  const quote = registerAsset(s, made.terms.quote, made.terms.quoteScale)
  i[word + ROOT] = allocateNode()
  i[word + ROOT + 1] = allocateNode()
  i[word + BASE_ASSET] = base
  i[word + QUOTE_ASSET] = quote
  i[word + FEE_BASE_ROW] = openRow(s, FEE_ACCOUNT, base)
  i[word + FEE_QUOTE_ROW] = openRow(s, FEE_ACCOUNT, quote)
  i[word + MARKET_INDEX] = made.index
  f[(word + BASE_UNIT) >> 1] = made.baseUnit
  f[(word + QUOTE_UNIT) >> 1] = made.quoteUnit
}
