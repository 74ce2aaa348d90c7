/** Why an order may not be by itself: its market's state, its form and the market's filters. Zero says that it may. */
import { draft, holdPrice, isLimited, timeInForce, waitsForTrigger } from './draft.ts'
import { codeOf } from '../messages/event.ts'
import { OFF_GRID } from '../messages/market.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { f, i } = memory
const {
  AMOUNT_END,
  BAND_DOWN_PPM,
  BAND_UP_PPM,
  BASE_UNIT,
  BEST,
  BUY,
  ICEBERG_PARTS_MAX,
  LAST_PRICE,
  LEVEL_PRICE,
  MARKET_QUANTITY_MAX,
  MARKET_QUANTITY_MIN,
  NOTIONAL_MAX,
  NOTIONAL_MIN,
  NOW,
  PREVENTIONS,
  PRICE_MAX,
  PRICE_MIN,
  QUANTITY_MAX,
  QUANTITY_MIN,
  QUOTE_UNIT,
  STATE,
  TICKS_END,
  TRAILING_BIPS_MAX,
  TRAILING_BIPS_MIN,
} = layout
const { FLAG_ANY_NOTIONAL, FLAG_POST_ONLY, marketStates, orderTypes, timesInForce } = records

const PRE_OPEN = marketStates.indexOf('preOpen')
const CANCEL_ONLY = marketStates.indexOf('cancelOnly')
const HALTED = marketStates.indexOf('halted')
const MARKET = orderTypes.indexOf('market')
const IOC = timesInForce.indexOf('IOC')
const FOK = timesInForce.indexOf('FOK')
const GTD = timesInForce.indexOf('GTD')
const MILLION = 1_000_000

const PRICE_OFF_TICK = codeOf('price_off_tick')
const PRICE_OUT_OF_RANGE = codeOf('price_out_of_range')
const PRICE_BELOW_MIN = codeOf('price_below_min')
const PRICE_ABOVE_MAX = codeOf('price_above_max')
const PRICE_OUT_OF_BAND = codeOf('price_out_of_band')
const TRIGGER_PRICE_OFF_TICK = codeOf('trigger_price_off_tick')
const TRIGGER_PRICE_OUT_OF_RANGE = codeOf('trigger_price_out_of_range')
const TRAILING_OUT_OF_RANGE = codeOf('trailing_out_of_range')
const POST_ONLY_MUST_BE_GTC = codeOf('post_only_must_be_gtc')
const ICEBERG_MUST_BE_GTC = codeOf('iceberg_must_be_gtc')
const EXPIRY_IN_PAST = codeOf('expiry_in_past')
const SELF_TRADE_PREVENTION_NOT_ALLOWED = codeOf('self_trade_prevention_not_allowed')
const AMOUNT_OFF_SCALE = codeOf('amount_off_scale')
const AMOUNT_MUST_BE_POSITIVE = codeOf('amount_must_be_positive')
const QUANTITY_OFF_LOT = codeOf('quantity_off_lot')
const QUANTITY_OUT_OF_RANGE = codeOf('quantity_out_of_range')
const QUANTITY_BELOW_MIN = codeOf('quantity_below_min')
const QUANTITY_ABOVE_MAX = codeOf('quantity_above_max')
const DISPLAY_OFF_LOT = codeOf('display_off_lot')
const DISPLAY_OUT_OF_RANGE = codeOf('display_out_of_range')
const ICEBERG_PARTS_ABOVE_MAX = codeOf('iceberg_parts_above_max')
const OVERFLOW = codeOf('overflow')
const NOTIONAL_BELOW_MIN = codeOf('notional_below_min')
const NOTIONAL_ABOVE_MAX = codeOf('notional_above_max')

/** The checks up to the notional, in the order in which they are told. */
export function refusalOfTerms(): number {
  return (
    refusalOfState() ||
    refusalOfPrice() ||
    refusalOfTrigger() ||
    refusalOfFlags() ||
    refusalOfQuantity() ||
    refusalOfDisplay() ||
    refusalOfSize() ||
    refusalOfNotional()
  )
}

export function refusalOfState(): number {
  const state = i[draft.market + STATE]!
  if (state === HALTED) return codeOf('market_halted')
  if (state === CANCEL_ONLY) return codeOf('market_cancel_only')
  if (state !== PRE_OPEN || waitsForTrigger()) return 0
  return draft.type === MARKET || isAtOnce() ? codeOf('market_pre_open') : 0
}

function isAtOnce(): boolean {
  return timeInForce() === IOC || timeInForce() === FOK
}

export function refusalOfPrice(): number {
  if (!isLimited()) return 0
  if (draft.price === OFF_GRID) return PRICE_OFF_TICK
  if (draft.price <= 0 || draft.price >= TICKS_END) return PRICE_OUT_OF_RANGE
  return refusalOfRange(draft.price)
}

function refusalOfRange(price: number): number {
  if (price < i[draft.market + PRICE_MIN]!) return PRICE_BELOW_MIN
  const max = i[draft.market + PRICE_MAX]!
  return max !== 0 && price > max ? PRICE_ABOVE_MAX : 0
}

function refusalOfTrigger(): number {
  const { market, trigger, bips } = draft
  if (draft.hasTrigger) {
    if (trigger === OFF_GRID) return TRIGGER_PRICE_OFF_TICK
    if (trigger <= 0 || trigger >= TICKS_END) return TRIGGER_PRICE_OUT_OF_RANGE
    const reason = refusalOfRange(trigger)
    if (reason !== 0) return reason
  }
  if (bips === 0) return 0
  const max = i[market + TRAILING_BIPS_MAX]!
  return bips < i[market + TRAILING_BIPS_MIN]! || (max !== 0 && bips > max) ? TRAILING_OUT_OF_RANGE : 0
}

function refusalOfFlags(): number {
  if (draft.flags & FLAG_POST_ONLY && isAtOnce()) return POST_ONLY_MUST_BE_GTC
  if (draft.isIceberg && isAtOnce()) return ICEBERG_MUST_BE_GTC
  if (isLimited() && timeInForce() === GTD && draft.expiresAt <= f[NOW >> 1]!) return EXPIRY_IN_PAST
  const isForbidden = draft.named !== 0 && !(i[draft.market + PREVENTIONS]! & (1 << (draft.named - 1)))
  return isForbidden ? SELF_TRADE_PREVENTION_NOT_ALLOWED : 0
}

export function refusalOfQuantity(): number {
  const { market, lots } = draft
  if (draft.isByQuote) {
    if (draft.quote < 0) return AMOUNT_OFF_SCALE
    return draft.quote === 0 ? AMOUNT_MUST_BE_POSITIVE : 0
  }
  if (lots === OFF_GRID) return QUANTITY_OFF_LOT
  if (!(lots > 0 && lots < AMOUNT_END)) return QUANTITY_OUT_OF_RANGE
  if (lots < f[(market + (isLimited() ? QUANTITY_MIN : MARKET_QUANTITY_MIN)) >> 1]!) return QUANTITY_BELOW_MIN
  const max = f[(market + (isLimited() ? QUANTITY_MAX : MARKET_QUANTITY_MAX)) >> 1]!
  return max !== 0 && lots > max ? QUANTITY_ABOVE_MAX : 0
}

export function refusalOfDisplay(): number {
  const { display, lots } = draft
  if (!draft.isIceberg) return 0
  if (display === OFF_GRID) return DISPLAY_OFF_LOT
  if (!(display > 0 && display <= lots)) return DISPLAY_OUT_OF_RANGE
  const max = i[draft.market + ICEBERG_PARTS_MAX]!
  return max !== 0 && lots > max * display ? ICEBERG_PARTS_ABOVE_MAX : 0
}

export function refusalOfSize(): number {
  const { market, lots } = draft
  if (draft.isByQuote) return draft.quote >= AMOUNT_END ? OVERFLOW : 0
  if (lots * f[(market + BASE_UNIT) >> 1]! >= AMOUNT_END) return OVERFLOW
  const price = draft.type === MARKET ? 0 : holdPrice()
  return price * lots * f[(market + QUOTE_UNIT) >> 1]! >= AMOUNT_END ? OVERFLOW : 0
}

/** The price the notional is measured at; 0 when there is none, and then it is not. */
function measure(): number {
  const { market, side } = draft
  if (isLimited()) return draft.price
  if (draft.hasTrigger) return draft.trigger
  if (draft.type !== MARKET) return i[market + LAST_PRICE]!
  const best = i[market + BEST + 1 - side]!
  return best === 0 ? 0 : i[best + LEVEL_PRICE]!
}

export function refusalOfNotional(): number {
  const { market } = draft
  if (draft.flags & FLAG_ANY_NOTIONAL) return 0
  const price = draft.isByQuote ? 0 : measure()
  if (!draft.isByQuote && price === 0) return 0
  const notional = draft.isByQuote ? draft.quote : price * draft.lots * f[(market + QUOTE_UNIT) >> 1]!
  if (notional < f[(market + NOTIONAL_MIN) >> 1]!) return NOTIONAL_BELOW_MIN
  const max = f[(market + NOTIONAL_MAX) >> 1]!
  return max !== 0 && notional > max ? NOTIONAL_ABOVE_MAX : 0
}

/** `price × ppm ÷ 1,000,000` rounded down. Split, because the plain product would pass 2^53. */
function part(price: number, ppm: number): number {
  const millions = Math.floor(price / MILLION)
  return millions * ppm + Math.floor(((price - millions * MILLION) * ppm) / MILLION)
}

/** How far from the last trade's price it is. */
export function refusalOfBand(): number {
  const { market } = draft
  const last = i[market + LAST_PRICE]!
  const price = isLimited() ? draft.price : draft.hasTrigger ? draft.trigger : 0
  if (last === 0 || price === 0) return 0
  if (draft.side === BUY) {
    const up = i[market + BAND_UP_PPM]!
    return up !== 0 && price > last + part(last, up) ? PRICE_OUT_OF_BAND : 0
  }
  const down = i[market + BAND_DOWN_PPM]!
  return down !== 0 && price < last - part(last, down) ? PRICE_OUT_OF_BAND : 0
}
