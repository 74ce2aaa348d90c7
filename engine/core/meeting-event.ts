/** Two orders that met otherwise than by a plain trade: prevented, at another price than the maker's, or with other fees. */
import { begin, copyWords, finish, writeLatin } from './event-record.ts'
import { sideOf } from './order-words.ts'
import { loadedState } from './state.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { f, i } = memory
const { ACCOUNT, FLAGS, ID_BYTES, ID_LENGTH_SHIFT, LEAVES, MARKET_INDEX, ORDER_ID } = layout
const {
  EVENT_ACCOUNT,
  EVENT_ACCOUNT_MAKER,
  EVENT_LEAVES,
  EVENT_LENGTHS,
  EVENT_MARKET_INDEX,
  EVENT_ORDER,
  EVENT_PREVENTED,
  EVENT_PRICE,
  EVENT_QUANTITY,
  EVENT_TRADE,
  FLAG_MAKER_FEE_ASSET,
  FLAG_TAKER_FEE_ASSET,
  TRADE_MAKER_FEE,
  TRADE_MAKER_LEAVES,
  TRADE_MAKER_ORDER,
  TRADE_TAKER_FEE,
  TRADE_TEXTS,
} = records

export const meeting = {
  market: 0,
  taker: 0,
  maker: 0,
  price: 0,
  lots: 0,
  takerFee: 0,
  makerFee: 0,
  /** Indexes of assets, -1 for the one received. */
  takerFeeAsset: -1,
  makerFeeAsset: -1,
}

function write(type: number, flags: number): void {
  const { market, taker, maker } = meeting
  const at = begin()
  const takerLength = i[taker + FLAGS]! >>> ID_LENGTH_SHIFT
  const makerLength = i[maker + FLAGS]! >>> ID_LENGTH_SHIFT
  i[at + EVENT_MARKET_INDEX] = i[market + MARKET_INDEX]!
  i[at + EVENT_ACCOUNT] = i[taker + ACCOUNT]!
  i[at + EVENT_ACCOUNT_MAKER] = i[maker + ACCOUNT]!
  i[at + EVENT_PRICE] = meeting.price
  i[at + EVENT_LENGTHS] = takerLength | (makerLength << 8)
  f[(at + EVENT_QUANTITY) >> 1] = meeting.lots
  f[(at + EVENT_ORDER) >> 1] = f[(taker + ORDER_ID) >> 1]!
  f[(at + EVENT_LEAVES) >> 1] = f[(taker + LEAVES) >> 1]!
  f[(at + TRADE_MAKER_ORDER) >> 1] = f[(maker + ORDER_ID) >> 1]!
  f[(at + TRADE_TAKER_FEE) >> 1] = meeting.takerFee
  f[(at + TRADE_MAKER_FEE) >> 1] = meeting.makerFee
  f[(at + TRADE_MAKER_LEAVES) >> 1] = f[(maker + LEAVES) >> 1]!
  let end = copyWords(taker + ID_BYTES, at + TRADE_TEXTS, takerLength)
  end = copyWords(maker + ID_BYTES, end, makerLength)
  if (flags & FLAG_TAKER_FEE_ASSET) end = writeAsset(end, meeting.takerFeeAsset)
  if (flags & FLAG_MAKER_FEE_ASSET) end = writeAsset(end, meeting.makerFeeAsset)
  finish(at, end, (type << 16) | ((flags | sideOf(taker)) << 24))
}

function writeAsset(at: number, asset: number): number {
  const { name, scale } = loadedState().assets[asset]!
  i[at] = scale | (name.length << 8)
  return writeLatin(at + 1, name)
}

/** The trade that `meeting` describes. */
export function writeMeeting(): void {
  const taker = meeting.takerFeeAsset < 0 ? 0 : FLAG_TAKER_FEE_ASSET
  const maker = meeting.makerFeeAsset < 0 ? 0 : FLAG_MAKER_FEE_ASSET
  write(EVENT_TRADE, taker | maker)
}

/** The trade that did not come about, and what each order lost by it. */
export function writePrevented(takerLots: number, makerLots: number): void {
  meeting.lots = 0
  meeting.takerFee = takerLots
  meeting.makerFee = makerLots
  write(EVENT_PREVENTED, 0)
}
