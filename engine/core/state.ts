/** One engine's whole state: the books in the block of memory, and beside it what orders do not touch. */
import { KeyTable } from './key-table.ts'
import { limitsMax, type Limits, type Memory } from './layout.ts'
import type { Market } from '../messages/market.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { b, f, i } = memory
const { OUT, OUTPUT_AT, SEQ_NEXT } = layout

export interface Asset {
  readonly name: string
  /** Decimals that amounts of this asset have in the engine, for life. */
  readonly scale: number
  /** All that is in the engine, in units: kept below 2^53, so no balance can ever pass it. */
  total: number
}

/** What an account is beside its balances. */
export interface AccountRecord {
  feeTier: number
  tradeGroup: number
  discount: boolean
}

/** The fees of a tier in one market, or with market -1 in all that have none of their own for it. */
export interface FeeTierTerms {
  readonly tier: number
  readonly market: number
  readonly makerFeePpm: number
  readonly takerFeePpm: number
}

/** Fees in one asset may be paid as numerator / denominator units of another. */
export interface DiscountTerms {
  readonly asset: number
  /** Row of the account that has the fees. */
  readonly feeRow: number
  readonly rate: { readonly mantissa: number; readonly decimals: number }
  readonly discountPpm: number
  readonly numerator: bigint
  readonly denominator: bigint
}

export interface EngineState extends Memory {
  readonly limits: Limits
  readonly markets: Market[]
  readonly marketByName: Map<string, Market>
  readonly assets: Asset[]
  readonly assetByName: Map<string, number>
  /** Each account's balance rows, in the order the account came to have them. */
  readonly rowsByAccount: Map<number, number[]>
  /** Those that any account command has named. */
  readonly accounts: Map<number, AccountRecord>
  /** In the order they were first set. */
  readonly feeTiers: FeeTierTerms[]
  /** By the index of the asset of the fee. */
  readonly discounts: Map<number, DiscountTerms>
  /** The session an account's orders hang on. */
  readonly guards: Map<number, number>
  /** Keys of deposits, withdrawals and markets are kept for ever, those of orders in a window. */
  readonly keysForever: KeyTable
  readonly keysRecent: KeyTable
  /** Takes finished event records; it must copy them before it returns. */
  readonly sink: (records: Uint8Array) => void
}

/** A power of two. */
const CLIENT_PLACES_MIN = 16

/** The one whose books are in the block now. */
let loaded: EngineState | undefined
/** The books of the others, part by part as `parts` names them. */
const parked = new WeakMap<EngineState, readonly Int32Array[]>()

/** Where there can be anything but zeros, as pairs of start and end. */
function parts(limits: Limits): (readonly [number, number])[] {
  const orders = i[layout.ORDER_TOP]! - layout.ORDERS
  const cold = layout.ORDERS + layout.COLD
  return [
    [0, layout.REGISTERS],
    [layout.ORDERS, layout.ORDERS + orders],
    [cold, cold + orders],
    [layout.SPECIALS, i[layout.SPECIAL_TOP]!],
    [layout.LISTS, i[layout.LIST_TOP]!],
    [layout.EXPIRIES_AT, layout.EXPIRIES_AT + i[layout.EXPIRY_COUNT]!],
    [layout.NODES, i[layout.NODE_TOP]!],
    [layout.LEAVES_OF_INDEX, i[layout.LEAF_TOP]!],
    [layout.LEVELS_AT, i[layout.LEVEL_TOP]!],
    [layout.ROWS, i[layout.ROW_TOP]!],
    [layout.MARKETS_AT, layout.MARKETS_AT + limits.markets * layout.MARKET_WORDS],
    [layout.ID_INDEX, layout.ID_INDEX + i[layout.ID_MASK]! + 1],
    [layout.CLIENT_INDEX, layout.CLIENT_INDEX + i[layout.CLIENT_PLACES]!],
    [layout.ROW_INDEX, layout.ROW_INDEX + i[layout.ROW_MASK]! + 1],
    [layout.LIST_INDEX_AT, layout.LIST_INDEX_AT + i[layout.LIST_MASK]! + 1],
    [layout.ID_CHAIN, layout.ID_CHAIN + orders / layout.ORDER_WORDS],
    [layout.CLIENT_LINKS, layout.CLIENT_LINKS + (orders / layout.ORDER_WORDS) * 2],
    [OUTPUT_AT, i[OUT]!],
  ]
}

/** Which words of the block the books of `s` take, as pairs of start and end: all others are zero. */
export function usedWords(s: EngineState): readonly (readonly [number, number])[] {
  load(s)
  return parts(s.limits)
}

function clear(s: EngineState): void {
  for (const [start, end] of parts(s.limits)) i.fill(0, start, end)
}

/** Brings the books of `s` into the block and those that were there out of it. Several states cost copies, one nothing. */
export function load(s: EngineState): void {
  if (s === loaded) return
  if (loaded) {
    const books = parts(loaded.limits).map(([start, end]) => i.slice(start, end))
    parked.set(loaded, books)
    clear(loaded)
  }
  loaded = s
  const books = parked.get(s)
  if (!books) return
  parked.delete(s)
  i.set(books[0]!)
  for (const [n, [start]] of parts(s.limits).entries()) i.set(books[n]!, start)
}

/** The state that a command is being applied to, for what few commands need beside the books. */
export function loadedState(): EngineState {
  return loaded!
}

function powerOfTwoFor(entries: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(16, entries * 2)))
}

function startBooks(limits: Limits): void {
  i[layout.ORDER_TOP] = layout.ORDERS
  i[layout.ORDER_END] = layout.ORDERS + limits.orders * layout.ORDER_WORDS
  i[layout.SPECIAL_TOP] = layout.SPECIALS
  i[layout.SPECIAL_END] = layout.SPECIALS + limits.specials * layout.SPECIAL_WORDS
  i[layout.LIST_TOP] = layout.LISTS
  i[layout.LIST_END] = layout.LISTS + limits.lists * layout.LIST_WORDS
  i[layout.LIST_MASK] = powerOfTwoFor(limits.lists) - 1
  i[layout.NODE_TOP] = layout.NODES
  i[layout.NODE_END] = layout.NODES + limits.nodes * layout.NODE_WORDS
  i[layout.LEAF_TOP] = layout.LEAVES_OF_INDEX
  i[layout.LEAF_END] = layout.LEAVES_OF_INDEX + limits.leaves * layout.LEAF_WORDS
  i[layout.LEVEL_TOP] = layout.LEVELS_AT
  i[layout.ROW_TOP] = layout.ROWS
  i[layout.ROW_END] = layout.ROWS + limits.rows * layout.ROW_WORDS
  i[layout.ID_MASK] = powerOfTwoFor(limits.orders) - 1
  i[layout.CLIENT_PLACES] = CLIENT_PLACES_MIN
  i[layout.CLIENT_MASK] = CLIENT_PLACES_MIN - 1
  i[layout.ROW_MASK] = powerOfTwoFor(limits.rows * 2) - 1
  i[layout.HASH_SEED] = limits.hashSeed
  i[layout.INPUT] = layout.INPUT_AT
  i[layout.OUTPUT] = OUTPUT_AT
  i[layout.MARKET_BASE] = layout.MARKETS_AT
  i[layout.LIST_INDEX] = layout.LIST_INDEX_AT
  i[layout.EXPIRY_BASE] = layout.EXPIRIES_AT
  i[OUT] = OUTPUT_AT
  f[SEQ_NEXT >> 1] = 1
}

/** An empty engine. Its `i`, `f` and `b` are the block, with its own books in it from the moment they are asked for. */
export function createState(limits: Limits, sink: (records: Uint8Array) => void): EngineState {
  for (const [name, max] of Object.entries(limitsMax)) {
    const limit = limits[name as keyof typeof limitsMax]
    if (!(limit > 0 && limit <= max)) throw new RangeError(`the limit of ${name} must be 1 to ${max}`)
  }
  const s: EngineState = {
    limits,
    markets: [],
    marketByName: new Map(),
    assets: [],
    assetByName: new Map(),
    rowsByAccount: new Map(),
    accounts: new Map(),
    feeTiers: [],
    discounts: new Map(),
    guards: new Map(),
    keysForever: new KeyTable(1024, { isBounded: false }),
    keysRecent: new KeyTable(limits.keys, { isBounded: true }),
    sink,
    get i() {
      load(s)
      return i
    },
    get f() {
      load(s)
      return f
    },
    get b() {
      load(s)
      return b
    },
  }
  load(s)
  startBooks(limits)
  return s
}

/** Hands all written events to the sink. The engine does it by itself when its output is full. */
export function flush(s: EngineState): void {
  load(s)
  const end = i[OUT]!
  if (end === OUTPUT_AT) return
  i[OUT] = OUTPUT_AT
  s.sink(b.subarray(OUTPUT_AT * 4, end * 4))
}
