/** Events about orders that few commands cause: the details of an accepted one, triggers, activations, lists, uncrosses. */
import { extraAt } from '../messages/command-record.ts'
import { draft } from './draft.ts'
import { begin, copyWords, finish, writeBare } from './event-record.ts'
import { marketOf, sideOf, typeOf } from './order-words.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { f, i } = memory
const {
  ACCOUNT,
  FLAGS,
  ID_BYTES,
  ID_LENGTH_SHIFT,
  LEAVES,
  LIST_ACCOUNT,
  LIST_ID_BYTES,
  LIST_ID_LENGTH,
  LIST_KIND,
  LIST_MARKET,
  LIST_NUMBER,
  MARKET_INDEX,
  ORDER_ID,
  PRICE,
  QUANTITY,
} = layout
const {
  ACCEPTED_LIST,
  ACCEPTED_STATUS,
  ACCEPTED_WORDS,
  EVENT_ACCEPTED,
  EVENT_ACCOUNT,
  EVENT_ACCOUNT_MAKER,
  EVENT_CANCELED,
  EVENT_EXPIRED,
  EVENT_LEAVES,
  EVENT_LENGTHS,
  EVENT_LIST,
  EVENT_MARKET_INDEX,
  EVENT_ORDER,
  EVENT_PRICE,
  EVENT_QUANTITY,
  EVENT_TEXTS,
  EVENT_UNCROSSED,
  EXTRA_KIND,
  EXTRA_WORDS,
  FLAG_DONE,
  FLAG_EXTRA,
  FLAG_MARKET,
} = records

/** The words of every event about one order; returns where what it adds may stand. */
function describe(at: number, market: number, order: number, price: number, reason: number): number {
  const idLength = i[order + FLAGS]! >>> ID_LENGTH_SHIFT
  i[at + EVENT_MARKET_INDEX] = i[market + MARKET_INDEX]!
  i[at + EVENT_ACCOUNT] = i[order + ACCOUNT]!
  i[at + EVENT_ACCOUNT_MAKER] = 0
  i[at + EVENT_PRICE] = price
  i[at + EVENT_LENGTHS] = idLength | (reason << 16)
  f[(at + EVENT_QUANTITY) >> 1] = f[(order + QUANTITY) >> 1]!
  f[(at + EVENT_ORDER) >> 1] = f[(order + ORDER_ID) >> 1]!
  f[(at + EVENT_LEAVES) >> 1] = f[(order + LEAVES) >> 1]!
  return copyWords(order + ID_BYTES, at + EVENT_TEXTS, idLength)
}

/** Triggered, activated, canceled or expired. */
export function writeAbout(type: number, order: number, price: number, reason: number): void {
  const at = begin()
  const end = describe(at, marketOf(order), order, price, reason)
  const flags = sideOf(order) | (i[order + FLAGS]! & FLAG_MARKET)
  finish(at, end, (type << 16) | (flags << 24))
}

export function writeCanceled(order: number, reason: number): void {
  writeAbout(EVENT_CANCELED, order, i[order + PRICE]!, reason)
}

/** `refusal` is why it was not activated, and 0 for every other reason. */
export function writeExpired(order: number, reason: number, refusal: number): void {
  writeAbout(EVENT_EXPIRED, order, 0, reason | (refusal << 8))
}

/** The draft as an order; `command` is its place record. A status of -1 says that it is matched at once. */
export function writeAccepted(command: number, order: number, list: number, status: number): void {
  const at = begin()
  const flags = (i[order + FLAGS]! & 127) | FLAG_EXTRA
  let end = describe(at, draft.market, order, i[order + PRICE]!, 0)
  if (end & 1) i[end++] = 0
  if (i[order + FLAGS]! & FLAG_EXTRA) copyWords(extraAt(i, command), end, EXTRA_WORDS * 4)
  else {
    i.fill(0, end, end + EXTRA_WORDS)
    i[end + EXTRA_KIND] = typeOf(order)
  }
  end += EXTRA_WORDS
  f[(end + ACCEPTED_LIST) >> 1] = list === 0 ? 0 : f[(list + LIST_NUMBER) >> 1]!
  i[end + ACCEPTED_STATUS] = status + 1
  i[end + ACCEPTED_STATUS + 1] = 0
  finish(at, end + ACCEPTED_WORDS, (EVENT_ACCEPTED << 16) | (flags << 24))
}

export function writeList(list: number, isDone: boolean): void {
  const at = writeBare(i[list + LIST_ACCOUNT]!, i[i[list + LIST_MARKET]! + MARKET_INDEX]!, 0)
  const idLength = i[list + LIST_ID_LENGTH]!
  i[at + EVENT_LENGTHS] = idLength
  f[(at + EVENT_ORDER) >> 1] = f[(list + LIST_NUMBER) >> 1]!
  const flags = i[list + LIST_KIND]! | (isDone ? FLAG_DONE : 0)
  finish(at, copyWords(list + LIST_ID_BYTES, at + EVENT_TEXTS, idLength), (EVENT_LIST << 16) | (flags << 24))
}

export function writeUncrossed(market: number, price: number, lots: number): void {
  const at = writeBare(0, i[market + MARKET_INDEX]!, price)
  f[(at + EVENT_QUANTITY) >> 1] = lots
  finish(at, at + EVENT_TEXTS, EVENT_UNCROSSED << 16)
}
