/**
 * Events as bytes, written straight into the engine's output: the same in the event log and on the socket. Sixteen
 * words (twenty-four for a trade), then the texts, each padded to a word, the whole to two words.
 */
import * as commandRecordModule from '../messages/command-record.ts'
import * as stateModule from './state.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { idAt } = commandRecordModule
const { flush, loadedState } = stateModule

const { b, f, i } = memory
const {
  ACCOUNT,
  FLAGS,
  ID_BYTES,
  ID_LENGTH_SHIFT,
  LEAVES,
  MARKET_INDEX,
  NOW,
  ORDER_ID,
  OUT,
  OUTPUT_END,
  PRICE,
  QUANTITY,
  SEQ_NEXT,
} = layout
const {
  COMMAND_LENGTHS,
  EVENT_ACCOUNT,
  EVENT_ACCOUNT_MAKER,
  EVENT_AMENDED,
  EVENT_CANCELED_ALL,
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
  FLAG_KEEPS_PRIORITY,
  TRADE_MAKER_FEE,
  TRADE_MAKER_LEAVES,
  TRADE_MAKER_ORDER,
  TRADE_TAKER_FEE,
  TRADE_TEXTS,
} = records

// Called from here too; see `memory.ts` for the copies.
const beginHere = begin
const finishHere = finish
const copyWordsHere = copyWords
const writeOrderEventHere = writeOrderEvent

/** Starts an event: gives it the next seq and the time of its command. */
export function begin(): number {
  if (i[OUT]! >= OUTPUT_END) flush(loadedState())
  const at = i[OUT]!
  const seq = f[SEQ_NEXT >> 1]!
  f[(at + EVENT_SEQ) >> 1] = seq
  f[SEQ_NEXT >> 1] = seq + 1
  f[(at + EVENT_TIME) >> 1] = f[NOW >> 1]!
  return at
}

export function finish(at: number, end: number, typeAndFlags: number): void {
  if (end & 1) i[end++] = 0
  i[at] = ((end - at) << 2) | typeAndFlags
  i[OUT] = end
}

export function copyWords(source: number, target: number, bytes: number): number {
  const words = (bytes + 3) >> 2
  for (let word = 0; word < words; word++) i[target + word] = i[source + word]!
  return target + words
}

export function writeLatin(at: number, text: string): number {
  const end = at + ((text.length + 3) >> 2)
  if (text.length > 0) i[end - 1] = 0
  for (let byte = 0; byte < text.length; byte++) b[at * 4 + byte] = text.charCodeAt(byte)
  return end
}

/** Accepted, canceled or expired: all about one order, told from its record. */
export function writeOrderEvent(
  type: number,
  flags: number,
  market: number,
  order: number,
  reason: number,
): void {
  const at = beginHere()
  i[at + EVENT_MARKET_INDEX] = i[market + MARKET_INDEX]!
  i[at + EVENT_ACCOUNT] = i[order + ACCOUNT]!
  i[at + EVENT_ACCOUNT_MAKER] = 0
  i[at + EVENT_PRICE] = i[order + PRICE]!
  const idLength = i[order + FLAGS]! >>> ID_LENGTH_SHIFT
  i[at + EVENT_LENGTHS] = idLength | (reason << 16)
  f[(at + EVENT_QUANTITY) >> 1] = f[(order + QUANTITY) >> 1]!
  f[(at + EVENT_ORDER) >> 1] = f[(order + ORDER_ID) >> 1]!
  f[(at + EVENT_LEAVES) >> 1] = f[(order + LEAVES) >> 1]!
  const end = copyWordsHere(order + ID_BYTES, at + EVENT_TEXTS, idLength)
  finishHere(at, end, (type << 16) | (flags << 24))
}

/** Both orders' records must already have their leaves after this trade. */
export function writeTrade(
  flags: number,
  market: number,
  taker: number,
  maker: number,
  lots: number,
  takerFee: number,
  makerFee: number,
): void {
  const at = beginHere()
  i[at + EVENT_MARKET_INDEX] = i[market + MARKET_INDEX]!
  i[at + EVENT_ACCOUNT] = i[taker + ACCOUNT]!
  i[at + EVENT_ACCOUNT_MAKER] = i[maker + ACCOUNT]!
  i[at + EVENT_PRICE] = i[maker + PRICE]!
  const takerLength = i[taker + FLAGS]! >>> ID_LENGTH_SHIFT
  const makerLength = i[maker + FLAGS]! >>> ID_LENGTH_SHIFT
  i[at + EVENT_LENGTHS] = takerLength | (makerLength << 8)
  f[(at + EVENT_QUANTITY) >> 1] = lots
  f[(at + EVENT_ORDER) >> 1] = f[(taker + ORDER_ID) >> 1]!
  f[(at + EVENT_LEAVES) >> 1] = f[(taker + LEAVES) >> 1]!
  f[(at + TRADE_MAKER_ORDER) >> 1] = f[(maker + ORDER_ID) >> 1]!
  f[(at + TRADE_TAKER_FEE) >> 1] = takerFee
  f[(at + TRADE_MAKER_FEE) >> 1] = makerFee
  f[(at + TRADE_MAKER_LEAVES) >> 1] = f[(maker + LEAVES) >> 1]!
  let end = copyWordsHere(taker + ID_BYTES, at + TRADE_TEXTS, takerLength)
  end = copyWordsHere(maker + ID_BYTES, end, makerLength)
  finishHere(at, end, (EVENT_TRADE << 16) | (flags << 24))
}

export function writeBare(account: number, market: number, price: number): number {
  const at = beginHere()
  i[at + EVENT_MARKET_INDEX] = market
  i[at + EVENT_ACCOUNT] = account
  i[at + EVENT_ACCOUNT_MAKER] = 0
  i[at + EVENT_PRICE] = price
  i[at + EVENT_LENGTHS] = 0
  f[(at + EVENT_QUANTITY) >> 1] = 0
  f[(at + EVENT_ORDER) >> 1] = 0
  f[(at + EVENT_LEAVES) >> 1] = 0
  return at
}

export function writeTransfer(
  type: number,
  account: number,
  asset: string,
  scale: number,
  units: number,
): void {
  const at = writeBare(account, -1, scale)
  i[at + EVENT_LENGTHS] = asset.length
  f[(at + EVENT_QUANTITY) >> 1] = units
  finishHere(at, writeLatin(at + EVENT_TEXTS, asset), type << 16)
}

export function writeMarketEvent(index: number, terms: string): void {
  const at = writeBare(0, index, terms.length)
  finishHere(at, writeLatin(at + EVENT_TEXTS, terms), EVENT_MARKET << 16)
}

export function writeCanceledAll(account: number, market: number, canceled: number, left: number): void {
  const at = writeBare(account, market, left)
  f[(at + EVENT_QUANTITY) >> 1] = canceled
  finishHere(at, at + EVENT_TEXTS, EVENT_CANCELED_ALL << 16)
}

/**
 * Says why the command at `command` was refused. `name` is the asset, or the market's name when the market has no
 * index; `byOrder` is the number of the order a cancel named.
 */
export function writeRejected(
  command: number,
  op: number,
  account: number,
  market: number,
  reason: number,
  name: string,
  byOrder: number,
): void {
  const at = writeBare(account, market, 0)
  const idLength = (i[command + COMMAND_LENGTHS]! >> 8) & 255
  i[at + EVENT_ACCOUNT_MAKER] = op
  i[at + EVENT_LENGTHS] = idLength | (name.length << 8) | (reason << 16)
  f[(at + EVENT_ORDER) >> 1] = byOrder
  let end = copyWordsHere(idAt(i, command), at + EVENT_TEXTS, idLength)
  end = writeLatin(end, name)
  finishHere(at, end, EVENT_REJECTED << 16)
}

export function writeAmended(market: number, order: number, keepsPriority: boolean): void {
  const flags = (i[order + FLAGS]! & 1) | (keepsPriority ? FLAG_KEEPS_PRIORITY : 0)
  writeOrderEventHere(EVENT_AMENDED, flags, market, order, 0)
}
