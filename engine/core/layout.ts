/**
 * Where everything lives in the engine's one block of memory. All state that changes with an order is words in it, so a
 * pointer is a word index, 0 is "nothing", and a copy of the block is a copy of the books. Regions stand at fixed words
 * with room for the largest limits: pages that are never touched cost nothing, and V8 folds the addresses into the code.
 */

/**
 * Raised when bytes come to mean something else and no number below shows it: chains that end in another way, another hash.
 * Snapshots made before are passed over then.
 */
export const STRUCTURE = 2

export const BUY = 0
export const SELL = 1

// Registers, at fixed words. The ones marked f64 take two words and are read as f[register >> 1].
export const ORDER_FREE = 0
export const ORDER_TOP = 1
export const ORDER_END = 2
export const SPECIAL_FREE = 3
export const SPECIAL_TOP = 4
export const SPECIAL_END = 5
export const NODE_FREE = 6
export const NODE_TOP = 7
export const NODE_END = 8
export const LEAF_FREE = 9
export const LEAF_TOP = 10
export const LEAF_END = 11
export const ROW_TOP = 12
export const ROW_END = 13
/** How many markets there are. */
export const MARKETS = 14
export const ID_MASK = 15
export const CLIENT_MASK = 16
export const ROW_MASK = 17
/** Next word to write an event to. */
export const OUT = 18
export const HASH_SEED = 19
/** 1 when the last command was a repeat of a remembered one; its first seq and event count are below. */
export const REPEATED = 20
export const REPEATED_COUNT = 21
export const REPEATED_SEQ = 22 // f64
export const SEQ_NEXT = 24 // f64
export const NOW = 26 // f64: the time of the command being applied
/** The first and last special record that a trade has triggered and that has not run yet. */
export const QUEUE_HEAD = 28
export const QUEUE_TAIL = 29
export const LIST_FREE = 30
export const LIST_TOP = 31
export const LIST_END = 32
export const LIST_MASK = 33
export const EXPIRY_COUNT = 34
// Where some regions start, for modules that are not hot.
export const INPUT = 35
export const OUTPUT = 36
export const MARKET_BASE = 37
export const LIST_INDEX = 38
export const EXPIRY_BASE = 39
export const LEVEL_FREE = 40
export const LEVEL_TOP = 41
/** Places in the table of client ids, and how many ids it has. The mask is of the next power of two. */
export const CLIENT_PLACES = 42
export const CLIENT_COUNT = 43
export const REGISTERS = 128

// An order: one cache line that matching touches, and a cold record of the same length COLD words further on.
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
export const FLAGS = 15
export const ORDER_BITS = 4
export const ORDER_WORDS = 1 << ORDER_BITS

// The bits of FLAGS. The low byte is that of the place command: SELL, MARKET, time in force, post-only, any notional.
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

// The cold record of an order, counted from the order like its other words.
export const COLD = 2 ** 22 * ORDER_WORDS
export const ID_BYTES = COLD // nine words
export const SPECIAL = COLD + 9
export const PREVENTED = COLD + 10 // f64, lots
export const DISPLAY = COLD + 12 // f64, lots
export const SHOWN = COLD + 14 // f64, lots of the part the book shows

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
export const NEED = 22 // f64: what it would hold were it not one of a pair
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
/** The special of the order that the others wait for, while it lives. */
export const LIST_WORKING = 17
export const LIST_WORDS = 32

// A price level. It is part of the ring of its orders: the first and the last stand where those have NEXT and PREV, so that
// to link one is the same everywhere in the ring. So it is with a row and the orders that hold part of it.
export const HEAD = NEXT
export const TAIL = PREV
export const COUNT = 2
export const LEVEL_PRICE = 3
export const LEVEL_MARKET = 4
/** How many of its orders are icebergs: without any, VOLUME is also what it shows. */
export const ICEBERGS = 5
export const VOLUME = 6 // f64, lots
export const LEVEL_WORDS = 8

// A balance row: what one account has of one asset, and the orders that hold part of it, oldest first.
export const ROW_ACCOUNT = 0
export const ROW_ASSET = 1
export const AVAILABLE = 2 // f64
export const HELD = 4 // f64
export const ROW_HEAD = ROW_NEXT
export const ROW_TAIL = ROW_PREV
export const ROW_WORDS = 8
// ROW_ASSET has the asset in its low half, and above it what its account is to trades, in every row of the account.
export const ASSET_BITS = 0xffff
export const TIER_SHIFT = 16 // four bits
/** It pays its fees in the discount asset. */
export const IS_DISCOUNTED = 1 << 20
/** It has a trade group, which the account's settings tell. */
export const IS_GROUPED = 1 << 21

// A market. BEST and ROOT are followed by the same for the other side (0 buy, 1 sell).
export const BEST = 0
export const ROOT = 2
export const STATE = 4 // place in marketStates
export const MARKET_INDEX = 5
export const BASE_ASSET = 6
export const QUOTE_ASSET = 7
export const FEE_BASE_ROW = 8
export const FEE_QUOTE_ROW = 9
export const LAST_PRICE = 10
/** A trade at this price or above, or at the other or below, calls `tradedAt`. 0 above while trailing orders follow. */
export const TRIGGER_ABOVE = 11
export const TRIGGER_BELOW = 12
/** Not 0 when any filter but the minimum notional is on. */
export const FILTERS = 13
export const PREVENTION = 14 // place in preventions, for orders that name none
export const PREVENTIONS = 15 // 1 << place of each that an order may name
export const BASE_UNIT = 16 // f64: trading units of the base asset in one lot
export const QUOTE_UNIT = 18 // f64: trading units of the quote asset in one tick × one lot
export const NOTIONAL_MIN = 20 // f64, quote units
// Filters in the market's integers; 0 is off.
export const PRICE_MIN = 22
export const PRICE_MAX = 23
export const BAND_UP_PPM = 24
export const BAND_DOWN_PPM = 25
export const ORDERS_MAX = 26
export const TRIGGER_ORDERS_MAX = 27
export const ICEBERG_ORDERS_MAX = 28
export const ICEBERG_PARTS_MAX = 29
export const TRAILING_BIPS_MIN = 30
export const TRAILING_BIPS_MAX = 31
export const QUANTITY_MIN = 32 // f64, lots, as the next three
export const QUANTITY_MAX = 34
export const MARKET_QUANTITY_MIN = 36
export const MARKET_QUANTITY_MAX = 38
export const NOTIONAL_MAX = 40 // f64, quote units
export const POSITION_MAX = 42 // f64, base units
/** Waiting orders: two heaps by trigger price, and a list of those that trail. All point to specials. */
export const RISING = 44
export const FALLING = 45
export const TRAILING_HEAD = 46
export const TRAILING_TAIL = 47
/** Sixteen tiers of maker and taker rate, those without terms of their own with the market's. */
export const FEES = 64
export const MARKET_WORDS = 96

// The price index of one side of a book: two nodes of eleven bits, then a leaf of eight.
/** One bit a slot, one a word of those, and the slots. */
export const NODE_BITS = 0
export const NODE_SUMMARY = 64 // two words
export const SLOTS = 80
export const NODE_WORDS = SLOTS + 2048
export const LEAF_BITS = 0
export const LEAF_SUMMARY = 8
export const LEVELS = 16
export const LEAF_WORDS = LEVELS + 256

/** Prices are below this many ticks: the thirty bits of the price index. */
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
  /** Orders that wait, expire, belong to a list or name a quote quantity. */
  readonly specials: number
  readonly lists: number
  readonly nodes: number
  readonly leaves: number
  readonly rows: number
  readonly markets: number
  /** Order keys remembered; the oldest is forgotten first. */
  readonly keys: number
  /** Mixed into the hash tables so that nobody outside can choose ids that collide. */
  readonly hashSeed: number
}

export const limitsDefault: Limits = {
  orders: 1 << 20,
  specials: 1 << 19,
  lists: 1 << 17,
  nodes: 1 << 14,
  leaves: 1 << 16,
  rows: 1 << 20,
  markets: 1 << 12,
  keys: 1 << 20,
  hashSeed: 0,
}

/** What the regions below have room for. */
export const limitsMax = {
  orders: 1 << 22,
  specials: 1 << 20,
  lists: 1 << 18,
  nodes: 1 << 15,
  leaves: 1 << 16,
  rows: 1 << 22,
  markets: 1 << 12,
} as const

export const ORDERS = REGISTERS
export const SPECIALS = ORDERS + 2 * COLD
export const LISTS = SPECIALS + limitsMax.specials * SPECIAL_WORDS
export const EXPIRIES_AT = LISTS + limitsMax.lists * LIST_WORDS
export const NODES = EXPIRIES_AT + limitsMax.specials
export const LEAVES_OF_INDEX = NODES + limitsMax.nodes * NODE_WORDS
export const ROWS = LEAVES_OF_INDEX + limitsMax.leaves * LEAF_WORDS
export const MARKETS_AT = ROWS + limitsMax.rows * ROW_WORDS
export const ID_INDEX = MARKETS_AT + limitsMax.markets * MARKET_WORDS
export const CLIENT_INDEX = ID_INDEX + limitsMax.orders * 2
export const ROW_INDEX = CLIENT_INDEX + limitsMax.orders
export const LIST_INDEX_AT = ROW_INDEX + limitsMax.rows * 4
/** A word an order. An entry of ID_INDEX with HAS_MORE says that this word of its order has the entry of another. */
export const ID_CHAIN = LIST_INDEX_AT + limitsMax.lists * 2
export const HAS_MORE = 1
/** Of each order the hash of its client id, and the next order of the same place in CLIENT_INDEX. */
export const CLIENT_LINKS = ID_CHAIN + limitsMax.orders
export const LEVELS_AT = CLIENT_LINKS + limitsMax.orders * 2
export const INPUT_AT = LEVELS_AT + limitsMax.orders * LEVEL_WORDS
export const OUTPUT_AT = INPUT_AT + INPUT_BYTES / 4
export const OUTPUT_END = OUTPUT_AT + (OUTPUT_BYTES - EVENT_BYTES_MAX) / 4
export const MEMORY_WORDS = OUTPUT_AT + OUTPUT_BYTES / 4

export interface Memory {
  readonly i: Int32Array
  readonly f: Float64Array
  readonly b: Uint8Array
}
