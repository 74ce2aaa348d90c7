/** Event bytes back to events, for whoever knows the markets they speak of. */
import { readText } from './command-record.ts'
import type { Side } from './command.ts'
import { formatUnits } from './decimal.ts'
import {
  cancelReasons,
  expiryReasons,
  reasons,
  type EngineEvent,
  type Reason,
  type RejectedEvent,
  type TradeEvent,
} from './event.ts'
import type { Memory } from '../core/layout.ts'
import { formatPrice, formatQuantity, type Market, type MarketTerms } from './market.ts'
import * as records from './records.ts'

const {
  EVENT_ACCEPTED,
  EVENT_ACCOUNT,
  EVENT_ACCOUNT_MAKER,
  EVENT_CANCELED,
  EVENT_CANCELED_ALL,
  EVENT_DEPOSITED,
  EVENT_EXPIRED,
  EVENT_HEAD,
  EVENT_LEAVES,
  EVENT_LENGTHS,
  EVENT_MARKET,
  EVENT_MARKET_INDEX,
  EVENT_ORDER,
  EVENT_PRICE,
  EVENT_QUANTITY,
  EVENT_REJECTED,
  EVENT_SEQ,
  EVENT_TEXTS,
  EVENT_TIME,
  EVENT_TRADE,
  FLAG_MARKET,
  FLAG_POST_ONLY,
  FLAG_SELL,
  TIF_SHIFT,
  TRADE_MAKER_FEE,
  TRADE_MAKER_LEAVES,
  TRADE_MAKER_ORDER,
  TRADE_TAKER_FEE,
  TRADE_TEXTS,
  ops,
  timesInForce,
} = records

export type MarketAt = (index: number) => Market

/** Views over event bytes; copies them when they do not start where a double may. */
export function viewEvents(bytes: Uint8Array): Memory {
  const aligned = bytes.byteOffset % 8 === 0 && bytes.byteLength % 8 === 0 ? bytes : new Uint8Array(bytes)
  const { buffer, byteOffset, byteLength } = aligned
  return {
    i: new Int32Array(buffer, byteOffset, byteLength >> 2),
    f: new Float64Array(buffer, byteOffset, byteLength >> 3),
    b: aligned,
  }
}

/** All events in `bytes`, which must hold whole records. `marketAt` answers for every index they name. */
export function decodeEvents(bytes: Uint8Array, marketAt: MarketAt): EngineEvent[] {
  const view = viewEvents(bytes)
  const events: EngineEvent[] = []
  for (let at = 0; at < view.i.length; at += (view.i[at]! & 0xffff) >> 2) {
    events.push(decodeEvent(view, at, marketAt))
  }
  return events
}

function sideOf(flags: number): Side {
  return flags & FLAG_SELL ? 'sell' : 'buy'
}

function decodeEvent(view: Memory, at: number, marketAt: MarketAt): EngineEvent {
  const type = (view.i[at + EVENT_HEAD]! >> 16) & 255
  switch (type) {
    case EVENT_TRADE:
      return decodeTrade(view, at, marketAt)
    case EVENT_ACCEPTED:
    case EVENT_CANCELED:
    case EVENT_EXPIRED:
      return decodeOrderEvent(view, at, type, marketAt)
    case EVENT_REJECTED:
      return decodeRejected(view, at, marketAt)
    default:
      return decodeOther(view, at, type, marketAt)
  }
}

function decodeTrade({ i, f, b }: Memory, at: number, marketAt: MarketAt): TradeEvent {
  const market = marketAt(i[at + EVENT_MARKET_INDEX]!)
  const { baseScale, quoteScale } = market.terms
  const lengths = i[at + EVENT_LENGTHS]!
  const takerLength = lengths & 255
  const takerSide = sideOf(i[at]! >>> 24)
  const takerId = (at + TRADE_TEXTS) * 4
  const makerId = takerId + ((takerLength + 3) & ~3)
  const takerScale = takerSide === 'buy' ? baseScale : quoteScale
  return {
    seq: f[(at + EVENT_SEQ) >> 1]!,
    time: f[(at + EVENT_TIME) >> 1]!,
    event: 'trade',
    market: market.terms.market,
    price: formatPrice(market, i[at + EVENT_PRICE]!),
    quantity: formatQuantity(market, f[(at + EVENT_QUANTITY) >> 1]!),
    taker: readText(b, takerId, takerLength),
    maker: readText(b, makerId, (lengths >> 8) & 255),
    takerOrder: f[(at + EVENT_ORDER) >> 1]!,
    makerOrder: f[(at + TRADE_MAKER_ORDER) >> 1]!,
    takerAccount: i[at + EVENT_ACCOUNT]!,
    makerAccount: i[at + EVENT_ACCOUNT_MAKER]!,
    takerSide,
    takerFee: formatUnits(f[(at + TRADE_TAKER_FEE) >> 1]!, takerScale),
    makerFee: formatUnits(f[(at + TRADE_MAKER_FEE) >> 1]!, baseScale + quoteScale - takerScale),
    takerLeaves: formatQuantity(market, f[(at + EVENT_LEAVES) >> 1]!),
    makerLeaves: formatQuantity(market, f[(at + TRADE_MAKER_LEAVES) >> 1]!),
  }
}

function decodeOrderEvent({ i, f, b }: Memory, at: number, type: number, marketAt: MarketAt): EngineEvent {
  const market = marketAt(i[at + EVENT_MARKET_INDEX]!)
  const flags = i[at]! >>> 24
  const lengths = i[at + EVENT_LENGTHS]!
  const order = {
    seq: f[(at + EVENT_SEQ) >> 1]!,
    time: f[(at + EVENT_TIME) >> 1]!,
    market: market.terms.market,
    account: i[at + EVENT_ACCOUNT]!,
    id: readText(b, (at + EVENT_TEXTS) * 4, lengths & 255),
    order: f[(at + EVENT_ORDER) >> 1]!,
    side: sideOf(flags),
  }
  const price = formatPrice(market, i[at + EVENT_PRICE]!)
  const leaves = formatQuantity(market, f[(at + EVENT_LEAVES) >> 1]!)
  const reason = lengths >>> 16
  if (type === EVENT_CANCELED)
    return { ...order, event: 'canceled', price, leaves, reason: cancelReasons[reason]! }
  if (type === EVENT_EXPIRED) return { ...order, event: 'expired', leaves, reason: expiryReasons[reason]! }
  const quantity = formatQuantity(market, f[(at + EVENT_QUANTITY) >> 1]!)
  if (flags & FLAG_MARKET) return { ...order, event: 'accepted', type: 'market', quantity }
  const timeInForce = timesInForce[(flags >> TIF_SHIFT) & 3]!
  const accepted = { ...order, event: 'accepted', type: 'limit', timeInForce, price, quantity } as const
  return flags & FLAG_POST_ONLY ? { ...accepted, postOnly: true } : accepted
}

function decodeRejected({ i, f, b }: Memory, at: number, marketAt: MarketAt): RejectedEvent {
  const lengths = i[at + EVENT_LENGTHS]!
  const idLength = lengths & 255
  const id = readText(b, (at + EVENT_TEXTS) * 4, idLength)
  const name = readText(b, (at + EVENT_TEXTS) * 4 + ((idLength + 3) & ~3), (lengths >> 8) & 255)
  const op = ops[i[at + EVENT_ACCOUNT_MAKER]!] as RejectedEvent['op']
  const index = i[at + EVENT_MARKET_INDEX]!
  const market = index >= 0 ? marketAt(index).terms.market : name
  const order = f[(at + EVENT_ORDER) >> 1]!
  const isTransfer = op === 'deposit' || op === 'withdraw'
  return {
    seq: f[(at + EVENT_SEQ) >> 1]!,
    time: f[(at + EVENT_TIME) >> 1]!,
    event: 'rejected',
    op,
    ...(isTransfer ? { asset: name } : market !== '' && { market }),
    ...(op !== 'market' && { account: i[at + EVENT_ACCOUNT]! }),
    ...(idLength > 0 && { id }),
    ...(order > 0 && { order }),
    reason: reasons[lengths >>> 16] as Reason,
  }
}

function decodeOther({ i, f, b }: Memory, at: number, type: number, marketAt: MarketAt): EngineEvent {
  const seq = f[(at + EVENT_SEQ) >> 1]!
  const time = f[(at + EVENT_TIME) >> 1]!
  const account = i[at + EVENT_ACCOUNT]!
  const value = f[(at + EVENT_QUANTITY) >> 1]!
  const aside = i[at + EVENT_PRICE]!
  const text = (at + EVENT_TEXTS) * 4
  if (type === EVENT_MARKET) {
    return { seq, time, event: 'market', ...(JSON.parse(readText(b, text, aside)) as MarketTerms) }
  }
  if (type === EVENT_CANCELED_ALL) {
    const index = i[at + EVENT_MARKET_INDEX]!
    const market = index >= 0 ? { market: marketAt(index).terms.market } : {}
    return { seq, time, event: 'canceledAll', account, ...market, canceled: value, left: aside }
  }
  const asset = readText(b, text, i[at + EVENT_LENGTHS]! & 255)
  const event = type === EVENT_DEPOSITED ? 'deposited' : 'withdrawn'
  return { seq, time, event, account, asset, amount: formatUnits(value, aside) }
}
