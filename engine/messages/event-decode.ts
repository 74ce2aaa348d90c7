/** Event bytes back to events, for whoever knows the markets they speak of. */
import { readText } from './command-record.ts'
import { formatUnits } from './decimal.ts'
import {
  cancelReasons,
  expiryReasons,
  reasons,
  type EngineEvent,
  type PreventedEvent,
  type Reason,
  type RejectedEvent,
  type TradeEvent,
} from './event.ts'
import { decodeAccepted, orderHead, sideOf } from './event-decode-order.ts'
import { decodeSetting } from './event-decode-setting.ts'
import type { Memory } from '../core/layout.ts'
import { formatPrice, formatQuantity, type Market, type MarketTerms } from './market.ts'
import * as records from './records.ts'

const {
  EVENT_ACCEPTED,
  EVENT_ACCOUNT,
  EVENT_ACCOUNT_MAKER,
  EVENT_CANCELED,
  EVENT_EXPIRED,
  EVENT_HEAD,
  EVENT_LEAVES,
  EVENT_LENGTHS,
  EVENT_MARKET_INDEX,
  EVENT_ORDER,
  EVENT_PRICE,
  EVENT_QUANTITY,
  EVENT_REJECTED,
  EVENT_SEQ,
  EVENT_TEXTS,
  EVENT_TIME,
  EVENT_TRADE,
  FLAG_KEEPS_PRIORITY,
  FLAG_MAKER_FEE_ASSET,
  FLAG_MARKET,
  FLAG_TAKER_FEE_ASSET,
  TRADE_MAKER_FEE,
  TRADE_MAKER_LEAVES,
  TRADE_MAKER_ORDER,
  TRADE_TAKER_FEE,
  TRADE_TEXTS,
  ops,
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

function decodeEvent(view: Memory, at: number, marketAt: MarketAt): EngineEvent {
  const type = (view.i[at + EVENT_HEAD]! >> 16) & 255
  switch (type) {
    case EVENT_TRADE:
      return decodeTrade(view, at, marketAt)
    case records.EVENT_PREVENTED:
      return decodePrevented(view, at, marketAt)
    case EVENT_ACCEPTED:
      return decodeAccepted(view, at, marketAt(view.i[at + EVENT_MARKET_INDEX]!))
    case EVENT_CANCELED:
    case EVENT_EXPIRED:
    case records.EVENT_TRIGGERED:
    case records.EVENT_ACTIVATED:
    case records.EVENT_AMENDED:
      return decodeOrderEvent(view, at, type, marketAt)
    case EVENT_REJECTED:
      return decodeRejected(view, at, marketAt)
    default:
      return decodeOther(view, at, type, marketAt)
  }
}

/** Both parties of a trade, or of what was one but for their being one owner. */
function decodeMeeting({ i, f, b }: Memory, at: number, market: Market) {
  const lengths = i[at + EVENT_LENGTHS]!
  const takerLength = lengths & 255
  const takerId = (at + TRADE_TEXTS) * 4
  const makerId = takerId + ((takerLength + 3) & ~3)
  return {
    seq: f[(at + EVENT_SEQ) >> 1]!,
    time: f[(at + EVENT_TIME) >> 1]!,
    market: market.terms.market,
    price: formatPrice(market, i[at + EVENT_PRICE]!),
    taker: readText(b, takerId, takerLength),
    maker: readText(b, makerId, (lengths >> 8) & 255),
    takerOrder: f[(at + EVENT_ORDER) >> 1]!,
    makerOrder: f[(at + TRADE_MAKER_ORDER) >> 1]!,
    takerAccount: i[at + EVENT_ACCOUNT]!,
    makerAccount: i[at + EVENT_ACCOUNT_MAKER]!,
    takerSide: sideOf(i[at]! >>> 24),
  }
}

/** The assets of fees that are not paid in what the trade gave, with how many decimals they have. */
function feeAssets({ i, b }: Memory, at: number): ({ asset: string; scale: number } | undefined)[] {
  const flags = i[at]! >>> 24
  const lengths = i[at + EVENT_LENGTHS]!
  let word = at + TRADE_TEXTS + (((lengths & 255) + 3) >> 2) + ((((lengths >> 8) & 255) + 3) >> 2)
  return [FLAG_TAKER_FEE_ASSET, FLAG_MAKER_FEE_ASSET].map((flag) => {
    if (!(flags & flag)) return undefined
    const length = i[word]! >> 8
    const fee = { asset: readText(b, (word + 1) * 4, length), scale: i[word]! & 255 }
    word += 1 + ((length + 3) >> 2)
    return fee
  })
}

function decodeTrade(view: Memory, at: number, marketAt: MarketAt): TradeEvent {
  const { i, f } = view
  const market = marketAt(i[at + EVENT_MARKET_INDEX]!)
  const { baseScale, quoteScale } = market.terms
  const meeting = decodeMeeting(view, at, market)
  const takerScale = meeting.takerSide === 'buy' ? baseScale : quoteScale
  const isPlain = !((i[at]! >>> 24) & (FLAG_TAKER_FEE_ASSET | FLAG_MAKER_FEE_ASSET))
  const [taker, maker] = isPlain ? [] : feeAssets(view, at)
  const makerScale = maker?.scale ?? baseScale + quoteScale - takerScale
  return {
    ...meeting,
    event: 'trade',
    quantity: formatQuantity(market, f[(at + EVENT_QUANTITY) >> 1]!),
    takerFee: formatUnits(f[(at + TRADE_TAKER_FEE) >> 1]!, taker?.scale ?? takerScale),
    makerFee: formatUnits(f[(at + TRADE_MAKER_FEE) >> 1]!, makerScale),
    ...(taker && { takerFeeAsset: taker.asset }),
    ...(maker && { makerFeeAsset: maker.asset }),
    takerLeaves: formatQuantity(market, f[(at + EVENT_LEAVES) >> 1]!),
    makerLeaves: formatQuantity(market, f[(at + TRADE_MAKER_LEAVES) >> 1]!),
  }
}

function decodePrevented(view: Memory, at: number, marketAt: MarketAt): PreventedEvent {
  const market = marketAt(view.i[at + EVENT_MARKET_INDEX]!)
  return {
    ...decodeMeeting(view, at, market),
    event: 'prevented',
    takerPrevented: formatQuantity(market, view.f[(at + TRADE_TAKER_FEE) >> 1]!),
    makerPrevented: formatQuantity(market, view.f[(at + TRADE_MAKER_FEE) >> 1]!),
  }
}

function decodeOrderEvent(view: Memory, at: number, type: number, marketAt: MarketAt): EngineEvent {
  const { i, f } = view
  const market = marketAt(i[at + EVENT_MARKET_INDEX]!)
  const flags = i[at]! >>> 24
  const order = orderHead(view, at, market)
  const price = formatPrice(market, i[at + EVENT_PRICE]!)
  const leaves = formatQuantity(market, f[(at + EVENT_LEAVES) >> 1]!)
  const reason = i[at + EVENT_LENGTHS]! >>> 16
  switch (type) {
    case EVENT_CANCELED: {
      const priced = flags & FLAG_MARKET ? {} : { price }
      return { ...order, event: 'canceled', ...priced, leaves, reason: cancelReasons[reason]! }
    }
    case EVENT_EXPIRED: {
      const refusal = reason >> 8 ? { refusal: reasons[reason >> 8] as Reason } : {}
      return { ...order, event: 'expired', leaves, reason: expiryReasons[reason & 255]!, ...refusal }
    }
    case records.EVENT_TRIGGERED:
      return { ...order, event: 'triggered', price }
    case records.EVENT_ACTIVATED:
      return { ...order, event: 'activated' }
    default: {
      const quantity = formatQuantity(market, f[(at + EVENT_QUANTITY) >> 1]!)
      const keepsPriority = (flags & FLAG_KEEPS_PRIORITY) !== 0
      return { ...order, event: 'amended', price, quantity, leaves, keepsPriority }
    }
  }
}

const withoutAccount: readonly string[] = ['market', 'feeTier', 'discount', 'clock']
const aboutAsset: readonly string[] = ['deposit', 'withdraw', 'transfer', 'discount']

function decodeRejected({ i, f, b }: Memory, at: number, marketAt: MarketAt): RejectedEvent {
  const lengths = i[at + EVENT_LENGTHS]!
  const idLength = lengths & 255
  const id = readText(b, (at + EVENT_TEXTS) * 4, idLength)
  const name = readText(b, (at + EVENT_TEXTS) * 4 + ((idLength + 3) & ~3), (lengths >> 8) & 255)
  const op = ops[i[at + EVENT_ACCOUNT_MAKER]!] as RejectedEvent['op']
  const index = i[at + EVENT_MARKET_INDEX]!
  const market = index >= 0 ? marketAt(index).terms.market : name
  const order = f[(at + EVENT_ORDER) >> 1]!
  const head = { seq: f[(at + EVENT_SEQ) >> 1]!, time: f[(at + EVENT_TIME) >> 1]! }
  const isAsset = aboutAsset.includes(op)
  return {
    ...head,
    event: 'rejected',
    op,
    // A discount's id text is the asset of the fees, by which it is known.
    ...(isAsset ? { asset: op === 'discount' ? id : name } : market !== '' && { market }),
    ...(!withoutAccount.includes(op) && { account: i[at + EVENT_ACCOUNT]! }),
    ...(idLength > 0 && op !== 'discount' && { id }),
    ...(order > 0 && { order }),
    reason: reasons[lengths >>> 16] as Reason,
  }
}

function decodeOther(view: Memory, at: number, type: number, marketAt: MarketAt): EngineEvent {
  const { i, f, b } = view
  const seq = f[(at + EVENT_SEQ) >> 1]!
  const time = f[(at + EVENT_TIME) >> 1]!
  const account = i[at + EVENT_ACCOUNT]!
  const value = f[(at + EVENT_QUANTITY) >> 1]!
  const aside = i[at + EVENT_PRICE]!
  const text = (at + EVENT_TEXTS) * 4
  switch (type) {
    case records.EVENT_MARKET:
      return { seq, time, event: 'market', ...(JSON.parse(readText(b, text, aside)) as MarketTerms) }
    case records.EVENT_CANCELED_ALL: {
      const index = i[at + EVENT_MARKET_INDEX]!
      const market = index >= 0 ? { market: marketAt(index).terms.market } : {}
      return { seq, time, event: 'canceledAll', account, ...market, canceled: value, left: aside }
    }
    case records.EVENT_DEPOSITED:
    case records.EVENT_WITHDRAWN: {
      const asset = readText(b, text, i[at + EVENT_LENGTHS]! & 255)
      const event = type === records.EVENT_DEPOSITED ? 'deposited' : 'withdrawn'
      return { seq, time, event, account, asset, amount: formatUnits(value, aside) }
    }
    default:
      return decodeSetting(view, at, type, marketAt)
  }
}
