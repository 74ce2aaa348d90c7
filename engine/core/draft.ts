/**
 * An order as its command, or its own record, describes it while it is checked. There is one at a time and it is filled
 * anew for each, so that checking allocates nothing.
 */
import { extraAt, idAt } from '../messages/command-record.ts'
import { toUnits } from '../messages/decimal.ts'
import { loadedState } from './state.ts'
import { isTriggered, sideOf, typeOf } from './order-words.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { f, i } = memory
const {
  ACCOUNT,
  BASE_UNIT,
  BUY,
  DISPLAY,
  EXPIRES_AT,
  FLAGS,
  HAS_TRIGGER_PRICE,
  IS_BY_QUOTE,
  IS_ICEBERG,
  IS_SPECIAL,
  LAST_PRICE,
  LEAVES,
  MARKET_INDEX,
  PREVENTION,
  PREVENTION_SHIFT,
  PRICE,
  QUANTITY,
  QUOTE_LEFT,
  QUOTE_UNIT,
  SPECIAL,
  TRAILING_BIPS,
  TRIGGER_PRICE,
} = layout
const {
  COMMAND_ACCOUNT,
  COMMAND_HEAD,
  COMMAND_LENGTHS,
  COMMAND_PRICE,
  COMMAND_VALUE,
  EXTRA_DECIMALS,
  EXTRA_DISPLAY,
  EXTRA_EXPIRES,
  EXTRA_KIND,
  EXTRA_QUOTE,
  EXTRA_TRAILING,
  EXTRA_TRIGGER,
  FLAG_EXTRA,
  FLAG_MARKET,
  HAS_DISPLAY,
  HAS_QUOTE,
  HAS_TRIGGER,
} = records

const BIPS = 10_000

export const draft = {
  market: 0,
  account: 0,
  side: BUY,
  /** The low byte of the order's flags. */
  flags: 0,
  type: 0,
  /** As the order has it, and as its command names it: 0 for the market's own, else its place plus one. */
  prevention: 0,
  named: 0,
  price: 0,
  lots: 0,
  leaves: 0,
  hasTrigger: false,
  trigger: 0,
  bips: 0,
  isIceberg: false,
  display: 0,
  isByQuote: false,
  /** In quote units; -1 when it has more decimals than the quote asset. */
  quote: 0,
  expiresAt: 0,
  /** Words of the client's id, and its bytes. */
  idAt: 0,
  idLength: 0,
}

/** The order that the place record at `at` asks for. */
export function readDraft(at: number, market: number): void {
  const flags = i[at + COMMAND_HEAD]! >>> 24
  draft.market = market
  draft.account = i[at + COMMAND_ACCOUNT]!
  draft.side = flags & 1
  draft.flags = flags
  draft.price = flags & FLAG_MARKET ? 0 : i[at + COMMAND_PRICE]!
  draft.lots = f[(at + COMMAND_VALUE) >> 1]!
  draft.idAt = idAt(i, at)
  draft.idLength = (i[at + COMMAND_LENGTHS]! >> 8) & 255
  const extra = flags & FLAG_EXTRA ? extraAt(i, at) : 0
  const kind = extra === 0 ? (flags & FLAG_MARKET ? 1 : 0) : i[extra + EXTRA_KIND]!
  draft.type = kind & 255
  draft.named = (kind >> 8) & 255
  draft.prevention = draft.named === 0 ? i[market + PREVENTION]! : draft.named - 1
  draft.hasTrigger = (kind & HAS_TRIGGER) !== 0
  draft.trigger = extra === 0 ? 0 : i[extra + EXTRA_TRIGGER]!
  draft.bips = extra === 0 ? 0 : i[extra + EXTRA_TRAILING]!
  draft.isIceberg = (kind & HAS_DISPLAY) !== 0
  draft.display = extra === 0 ? 0 : f[(extra + EXTRA_DISPLAY) >> 1]!
  draft.isByQuote = (kind & HAS_QUOTE) !== 0
  draft.quote = draft.isByQuote ? quoteAt(extra, market) : 0
  draft.expiresAt = extra === 0 ? 0 : f[(extra + EXTRA_EXPIRES) >> 1]!
  if (draft.isByQuote) draft.lots = 0
  draft.leaves = draft.lots
}

function quoteAt(extra: number, market: number): number {
  const { quoteScale } = loadedState().markets[i[market + MARKET_INDEX]!]!.terms
  const mantissa = f[(extra + EXTRA_QUOTE) >> 1]!
  return toUnits({ mantissa, decimals: i[extra + EXTRA_DECIMALS]! }, quoteScale)
}

/** An order that exists, to be checked once more before it is activated. */
export function redraft(order: number, market: number): void {
  const flags = i[order + FLAGS]!
  const special = flags & IS_SPECIAL ? i[order + SPECIAL]! : 0
  draft.market = market
  draft.account = i[order + ACCOUNT]!
  draft.side = sideOf(order)
  draft.flags = flags & 255
  draft.type = typeOf(order)
  draft.prevention = (flags >> PREVENTION_SHIFT) & 7
  draft.named = 0
  draft.price = i[order + PRICE]!
  draft.lots = f[(order + QUANTITY) >> 1]!
  draft.leaves = f[(order + LEAVES) >> 1]!
  draft.hasTrigger = special !== 0 && i[special + HAS_TRIGGER_PRICE] !== 0
  draft.trigger = special === 0 ? 0 : i[special + TRIGGER_PRICE]!
  draft.bips = special === 0 ? 0 : i[special + TRAILING_BIPS]!
  draft.isIceberg = (flags & IS_ICEBERG) !== 0
  draft.display = draft.isIceberg ? f[(order + DISPLAY) >> 1]! : 0
  draft.isByQuote = (flags & IS_BY_QUOTE) !== 0
  draft.quote = draft.isByQuote ? f[(special + QUOTE_LEFT) >> 1]! : 0
  draft.expiresAt = special === 0 ? 0 : f[(special + EXPIRES_AT) >> 1]!
}

export function isLimited(): boolean {
  return !(draft.flags & FLAG_MARKET)
}

export function timeInForce(): number {
  return (draft.flags >> records.TIF_SHIFT) & 3
}

export function waitsForTrigger(): boolean {
  return isTriggered(draft.type)
}

/** The price a buy is held for; 0 for a trail without an activation price in a market without trades. */
export function holdPrice(): number {
  if (isLimited()) return draft.price
  if (draft.hasTrigger) return draft.trigger
  return Math.ceil((i[draft.market + LAST_PRICE]! * (BIPS + draft.bips)) / BIPS)
}

/** What a limit or trigger order has to hold, in units of the asset it pays with. */
export function holdNeeded(): number {
  if (draft.side !== BUY) return draft.leaves * f[(draft.market + BASE_UNIT) >> 1]!
  return holdPrice() * draft.leaves * f[(draft.market + QUOTE_UNIT) >> 1]!
}
