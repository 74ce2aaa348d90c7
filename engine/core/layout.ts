/**
 * Where everything lives in the engine's one block of memory. All state that changes with an order is words in it,
 * so a pointer is a word index, 0 is "nothing", and a copy of the block is a copy of the books.
 */

export const BUY = 0
export const SELL = 1

// Registers, at fixed words. The ones marked f64 take two words and are read as f[register >> 1].
export const ORDER_FREE = 0
export const ORDER_TOP = 1
export const ORDER_END = 2
export const LEVEL_FREE = 3
export const LEVEL_TOP = 4
export const LEVEL_END = 5
export const NODE_FREE = 6
export const NODE_TOP = 7
export const NODE_END = 8
export const ROW_TOP = 9
export const ROW_END = 10
export const MARKET_BASE = 11
export const ID_INDEX = 12
export const ID_MASK = 13
export const CLIENT_INDEX = 14
export const CLIENT_MASK = 15
export const ROW_INDEX = 16
export const ROW_MASK = 17
export const INPUT = 18
export const OUTPUT = 19
export const OUTPUT_END = 20
/** Next word to write an event to. */
export const OUT = 21
export const HASH_SEED = 22
/** 1 when the last command was a repeat of a remembered one; its first seq and event count are below. */
export const REPEATED = 23
export const REPEATED_SEQ = 24 // f64
export const REPEATED_COUNT = 26
export const SEQ_NEXT = 28 // f64
export const NOW = 30 // f64: the time of the command being applied
// Of specials, lists, the heap of expiries and the queue of triggered orders.
export const SPECIAL_FREE = 48
export const SPECIAL_TOP = 49
export const SPECIAL_END = 50
export const LIST_FREE = 51
export const LIST_TOP = 52
export const LIST_END = 53
export const LIST_INDEX = 54
export const LIST_MASK = 55
export const EXPIRY_BASE = 56
export const EXPIRY_COUNT = 57
export const QUEUE_HEAD = 58
export const QUEUE_TAIL = 59
export const REGISTERS = 64

// An order: one cache line that matching touches, and a second one with the client's id.
export const NEXT = 0
export const PREV = 1
export const LEVEL = 2
export const ACCOUNT = 3
export const BASE_ROW = 4
export const QUOTE_ROW = 5
export const ROW_NEXT = 6
export const ROW_PREV = 7
export const LEAVES = 8 // f64, lots
export const ORDER_ID = 10 // f64
export const QUANTITY = 12 // f64, lots
export const PRICE = 14
export const ID_LENGTH = 15
export const ID_BYTES = 16 // nine words
export const ORDER_WORDS = 32

/** In the word after PRICE, beside the id's length. The low byte is that of the place command: SELL, MARKET, time in force … */
export const FLAGS = 15
export const TYPE_SHIFT = 8 // three bits, place in orderTypes
export const PREVENTION_SHIFT = 11 // three bits, place in preventions
export const STATUS_SHIFT = 14 // two bits, place in openStatuses
export const IS_ICEBERG = 1 << 16
/** It has a special record, for what few orders need. */
export const IS_SPECIAL = 1 << 17
/** PREVENTED says something; else it is stale. */
export const IS_PREVENTED = 1 << 18
/** One of a list: the list must hear of its trades and of its end. */
export const IS_LISTED = 1 << 19
export const IS_BY_QUOTE = 1 << 20
export const ID_LENGTH_SHIFT = 24 // six bits

// The cold part of an order, which only its id, an iceberg or a special need.
export const SPECIAL = 9
export const PREVENTED = 10 // f64, lots
export const DISPLAY = 12 // f64, lots
export const SHOWN = 14 // f64, lots of the part the book shows

// A special record: triggers, expiry, lists and quote quantities. What is free here is for those modules to name.
export const SPECIAL_ORDER = 0
export const SPECIAL_MARKET = 1
export const TRIGGER_PRICE = 2
export const TRAILING_BIPS = 3
export const EXTREME = 4
export const IS_ACTIVE = 5
export const LIST = 6
export const LIST_NEXT = 7
export const EXPIRES_AT = 8 // f64
export const QUOTE_LEFT = 10 // f64, quote units
export const EXPIRY_PLACE = 12
export const TRIGGER_NEXT = 13
export const TRIGGER_PREV = 14
export const QUEUE_NEXT = 15
export const QUEUE_PRICE = 16
export const TRIGGER_CHILD = 17
export const HOLD = 18 // f64: what it holds while it waits
/** Where it waits: 0 nowhere, else one of those in `trigger.ts`. */
export const TRIGGER_PLACE = 20
/** 0 for a trailing order that follows from the start. */
export const HAS_TRIGGER_PRICE = 21
export const SPECIAL_WORDS = 32

// A list of orders, found by its account and id through LIST_INDEX. Its orders follow one another by LIST_NEXT.
export const LIST_NUMBER = 0 // f64
export const LIST_ACCOUNT = 2
export const LIST_MARKET = 3
export const LIST_KIND = 4
export const LIST_HEAD = 5 // a special
export const LIST_CHAIN = 6
export const LIST_ID_LENGTH = 7
export const LIST_ID_BYTES = 8 // nine words
export const LIST_WORDS = 32

// A price level.
export const HEAD = 0
export const TAIL = 1
export const COUNT = 2
export const LEVEL_PRICE = 3
export const LEVEL_MARKET = 4
export const LEVEL_SIDE = 5
export const VOLUME = 6 // f64, lots
export const LEVEL_WORDS = 8

// A balance row: what one account has of one asset, and the orders that hold part of it, oldest first.
export const ROW_ACCOUNT = 0
export const ROW_ASSET = 1
export const AVAILABLE = 2 // f64
export const HELD = 4 // f64
export const ROW_HEAD = 6
export const ROW_TAIL = 7
export const ROW_WORDS = 8
// ROW_ASSET has the asset in its low half, and above it what its account is to trades, in every row of the account.
export const TIER_SHIFT = 16 // four bits
/** It pays its fees in the discount asset. */
export const IS_DISCOUNTED = 1 << 20
/** It has a trade group, which the account's record tells. */
export const IS_GROUPED = 1 << 21

// A market. BEST and ROOT are followed by the same for the other side (0 buy, 1 sell).
export const BEST = 0
export const ROOT = 2
export const STATE = 4
export const MAKER_PPM = 5
export const TAKER_PPM = 6
export const BASE_ASSET = 7
export const QUOTE_ASSET = 8
export const FEE_BASE_ROW = 9
export const FEE_QUOTE_ROW = 10
export const MARKET_INDEX = 11
export const BASE_UNIT = 12 // f64: trading units of the base asset in one lot
export const QUOTE_UNIT = 14 // f64: trading units of the quote asset in one tick × one lot
export const NOTIONAL_MIN = 16 // f64, quote units
export const LAST_PRICE = 18
/** A trade at this price or above, or at the other or below, calls \`tradedAt\`. 0 above while trailing orders follow. */
export const TRIGGER_ABOVE = 19
export const TRIGGER_BELOW = 20
/** Not 0 when any filter but the minimum notional is on: orders then pass through \`refusalOfFilters\`. */
export const FILTERS = 21
export const PREVENTION = 22 // place in preventions, for orders that name none
export const PREVENTIONS = 23 // 1 << place of each that an order may name
// Filters in the market's integers; 0 is off.
export const PRICE_MIN = 24
export const PRICE_MAX = 25
export const BAND_UP_PPM = 26
export const BAND_DOWN_PPM = 27
export const ORDERS_MAX = 28
export const TRIGGER_ORDERS_MAX = 29
export const ICEBERG_ORDERS_MAX = 30
export const ICEBERG_PARTS_MAX = 31
export const TRAILING_BIPS_MIN = 32
export const TRAILING_BIPS_MAX = 33
export const QUANTITY_MIN = 34 // f64, lots, as the next three
export const QUANTITY_MAX = 36
export const MARKET_QUANTITY_MIN = 38
export const MARKET_QUANTITY_MAX = 40
export const NOTIONAL_MAX = 42 // f64, quote units
export const POSITION_MAX = 44 // f64, base units
/** Waiting orders: two heaps by trigger price, and a list of those that trail. All point to specials. */
export const RISING = 46
export const FALLING = 47
export const TRAILING_HEAD = 48
export const TRAILING_TAIL = 49
/** Sixteen tiers of maker and taker rate, those without terms of their own with the market's. */
export const FEES = 64
export const MARKET_WORDS = 96

// A node of the price index: 1024 slots under a bitmap of 32 words and a summary word.
export const SUMMARY = 32
export const SLOTS = 64
export const NODE_WORDS = SLOTS + 1024

/** Prices are below this many ticks: three index nodes of ten bits each. */
export const TICKS_END = 2 ** 30
/** Every amount, product and total stays below this, so integer doubles are exact. */
export const AMOUNT_END = 2 ** 53

export const INPUT_BYTES = 1 << 20
/** Small enough to stay in the processor's cache: events are handed over when it is full. */
export const OUTPUT_BYTES = 1 << 16
/** The longest event; the output is handed over before it could not take one more. */
export const EVENT_BYTES_MAX = 4096

/** How much the engine can hold. Fixed when a journal is created, because a refusal for want of room must replay alike. */
export interface Limits {
  readonly orders: number
  readonly levels: number
  readonly nodes: number
  readonly rows: number
  readonly markets: number
  /** Orders that wait, expire, belong to a list or name a quote quantity. */
  readonly specials: number
  readonly lists: number
  /** Order keys remembered; the oldest is forgotten first. */
  readonly keys: number
  /** Mixed into the hash tables so that nobody outside can choose ids that collide. */
  readonly hashSeed: number
}

export const limitsDefault: Limits = {
  orders: 1 << 20,
  levels: 1 << 19,
  nodes: 1 << 16,
  rows: 1 << 20,
  markets: 1 << 12,
  specials: 1 << 19,
  lists: 1 << 17,
  keys: 1 << 20,
  hashSeed: 0,
}

export interface Memory {
  readonly i: Int32Array
  readonly f: Float64Array
  readonly b: Uint8Array
}

function powerOfTwoFor(entries: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(16, entries * 2)))
}

/** Lays the regions out one after the other; untouched pages cost no memory, so the limits can be generous. */
export function createMemory(limits: Limits): Memory {
  let top = REGISTERS
  const region = (words: number): number => {
    const start = top
    top += Math.ceil(words / 16) * 16
    return start
  }
  const slots = (entries: number): [number, number] => {
    const size = powerOfTwoFor(entries)
    return [region(size), size - 1]
  }
  const orders = region(limits.orders * ORDER_WORDS)
  const levels = region(limits.levels * LEVEL_WORDS)
  const nodes = region(limits.nodes * NODE_WORDS)
  const rows = region(limits.rows * ROW_WORDS)
  const markets = region(limits.markets * MARKET_WORDS)
  const specials = region(limits.specials * SPECIAL_WORDS)
  const lists = region(limits.lists * LIST_WORDS)
  const expiries = region(limits.specials)
  const [listIndex, listMask] = slots(limits.lists)
  const [ids, idMask] = slots(limits.orders)
  const [clients, clientMask] = slots(limits.orders)
  const [rowIndex, rowMask] = slots(limits.rows)
  const input = region(INPUT_BYTES / 4)
  const output = region(OUTPUT_BYTES / 4)

  const buffer = new ArrayBuffer(top * 4)
  const i = new Int32Array(buffer)
  const f = new Float64Array(buffer)
  i[ORDER_TOP] = orders
  i[ORDER_END] = orders + limits.orders * ORDER_WORDS
  i[LEVEL_TOP] = levels
  i[LEVEL_END] = levels + limits.levels * LEVEL_WORDS
  i[NODE_TOP] = nodes
  i[NODE_END] = nodes + limits.nodes * NODE_WORDS
  i[ROW_TOP] = rows
  i[ROW_END] = rows + limits.rows * ROW_WORDS
  i[MARKET_BASE] = markets
  i[SPECIAL_TOP] = specials
  i[SPECIAL_END] = specials + limits.specials * SPECIAL_WORDS
  i[LIST_TOP] = lists
  i[LIST_END] = lists + limits.lists * LIST_WORDS
  i[LIST_INDEX] = listIndex
  i[LIST_MASK] = listMask
  i[EXPIRY_BASE] = expiries
  i[ID_INDEX] = ids
  i[ID_MASK] = idMask
  i[CLIENT_INDEX] = clients
  i[CLIENT_MASK] = clientMask
  i[ROW_INDEX] = rowIndex
  i[ROW_MASK] = rowMask
  i[INPUT] = input
  i[OUTPUT] = output
  i[OUT] = output
  i[OUTPUT_END] = output + (OUTPUT_BYTES - EVENT_BYTES_MAX) / 4
  i[HASH_SEED] = limits.hashSeed
  f[SEQ_NEXT >> 1] = 1
  return { i, f, b: new Uint8Array(buffer) }
}
