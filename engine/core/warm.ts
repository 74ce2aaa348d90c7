/**
 * Brings what the coming commands will touch into the processor's cache. Alone, a command waits for one line after the
 * other; here sixteen commands ask for theirs at the same time. It changes nothing and decides nothing: what it finds may
 * be out of date when the command runs, and without it the engine does the same.
 */
import * as balance from './balance.ts'
import * as orderIndex from './order-index.ts'
import * as priceIndex from './price-index.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { rowSlot } = balance
const { slotOfId } = orderIndex
const { levelAt } = priceIndex
const { f, i } = memory
const {
  ACCOUNT,
  BASE_ASSET,
  FLAGS,
  HAS_MORE,
  HEAD,
  LEVEL,
  MARKETS,
  MARKETS_AT,
  MARKET_WORDS,
  NEXT,
  ORDERS,
  ORDER_TOP,
  ORDER_WORDS,
  PREV,
  QUOTE_ASSET,
  QUOTE_ROW,
  ROOT,
  ROW_ACCOUNT,
  ROW_INDEX,
  ROW_MASK,
  SELL,
  TICKS_END,
} = layout
const {
  COMMAND_ACCOUNT,
  COMMAND_HEAD,
  COMMAND_MARKET,
  COMMAND_PRICE,
  COMMAND_VALUE,
  FLAG_BY_ORDER,
  OP_AMEND,
  OP_CANCEL,
  OP_PLACE,
} = records

const TOGETHER = 16
/** Books of fewer orders are in the cache by themselves. */
const ORDERS_COLD = 16_384

/** Of each command: the order it names, or the two rows of the account that places one; 0 when there is none. */
const first = new Int32Array(TOGETHER)
const second = new Int32Array(TOGETHER)
/** Where what was read goes, so that V8 does not leave the reading out. */
const read = new Int32Array(1)

/** Prepares the next commands from word `at` on and answers the word to ask again at. */
export function warm(at: number, end: number): number {
  if (i[ORDER_TOP]! - ORDERS < ORDERS_COLD * ORDER_WORDS) return end
  let count = 0
  let next = at
  while (next < end && count < TOGETHER) {
    find(next, count++)
    next += (i[next + COMMAND_HEAD]! & 0xffff) >> 2
  }
  let sum = 0
  for (let n = 0; n < count; n++) sum += i[first[n]! + ACCOUNT]! + i[second[n]! + ROW_ACCOUNT]!
  for (let n = 0; n < count; n++) {
    sum += touch(at, first[n]!)
    at += (i[at + COMMAND_HEAD]! & 0xffff) >> 2
  }
  read[0] = sum
  return next
}

function marketAt(at: number): number {
  const market = i[at + COMMAND_MARKET]!
  return market >= 0 && market < i[MARKETS]! ? MARKETS_AT + market * MARKET_WORDS : 0
}

/** Looks into the hash tables, at the first place only. */
function find(at: number, n: number): void {
  const head = i[at + COMMAND_HEAD]!
  const op = (head >> 16) & 255
  const market = marketAt(at)
  first[n] = 0
  second[n] = 0
  if (op === OP_PLACE && market !== 0) {
    const account = i[at + COMMAND_ACCOUNT]!
    const mask = i[ROW_MASK]!
    first[n] = i[ROW_INDEX + (rowSlot(account, i[market + BASE_ASSET]!) & mask)]!
    second[n] = i[ROW_INDEX + (rowSlot(account, i[market + QUOTE_ASSET]!) & mask)]!
  } else if ((op === OP_AMEND || op === OP_CANCEL) && (head >>> 24) & FLAG_BY_ORDER) {
    first[n] = i[slotOfId(f[(at + COMMAND_VALUE) >> 1]!)]! & ~HAS_MORE
  }
}

/** Reads the level of the price that a command names, and of the order it names the neighbours and the money. */
function touch(at: number, found: number): number {
  const head = i[at + COMMAND_HEAD]!
  const op = (head >> 16) & 255
  const market = marketAt(at)
  if (found === 0 || market === 0) return 0
  const isPlace = op === OP_PLACE
  const side = isPlace ? (head >>> 24) & SELL : i[found + FLAGS]! & SELL
  const price = op === OP_CANCEL ? 0 : i[at + COMMAND_PRICE]!
  const isPriced = price > 0 && price < TICKS_END
  const sum = isPriced ? i[levelAt(i[market + ROOT + side]!, price) + HEAD]! : 0
  if (isPlace) return sum
  const neighbours = i[i[found + NEXT]! + FLAGS]! + i[i[found + PREV]! + FLAGS]!
  return sum + neighbours + i[i[found + LEVEL]! + HEAD]! + i[i[found + QUOTE_ROW]! + ROW_ACCOUNT]!
}
