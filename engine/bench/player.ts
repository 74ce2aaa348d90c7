/** Plays a workload into an engine in this process: checked once, then as often as asked with nothing but the engine's work. */
import { findRow, openRow } from '../core/balance.ts'
import { nextLevel } from '../core/book.ts'
import { apply, applyAll } from '../core/engine.ts'
import { limitsDefault, type Limits, type Memory } from '../core/layout.ts'
import { createSession } from '../core/session.ts'
import { flush, type EngineState } from '../core/state.ts'
import type { Command } from '../messages/command.ts'
import { viewEvents } from '../messages/event-decode.ts'
import { CANCEL, GTC, IOC, MOVE } from './market-flow.ts'
import type { Checksums, Workload } from './workload.ts'
import * as layout from '../core/layout.ts'
import * as records from '../messages/records.ts'

const { AVAILABLE, BEST, HEAD, HELD, INPUT_AT, LEAVES, LEVEL_PRICE, MARKETS_AT, MARKET_WORDS } = layout
const { NEXT, ORDER_ID, SEQ_NEXT } = layout
const { COMMAND_ACCOUNT, COMMAND_HEAD, COMMAND_LENGTHS, COMMAND_MARKET, COMMAND_PRICE, COMMAND_STRINGS } =
  records
const { COMMAND_TIME, COMMAND_VALUE, EVENT_ORDER, EVENT_PRICE, EVENT_QUANTITY, EVENT_REJECTED } = records
const { EVENT_TRADE, FLAG_AMEND_PRICE, FLAG_BY_ORDER, OP_AMEND, OP_CANCEL, OP_PLACE, TIF_SHIFT } = records
const { TRADE_MAKER_ORDER } = records

/** Commands that are handed to the engine at a time, as a frame from the socket would bring them. */
const BATCH = 1024
/** An amend ends with a quantity, which a move leaves alone, and a client's id is up to eight characters here. */
const RECORD_WORDS_MAX = COMMAND_STRINGS + 2

/** What every user begins with, in units: as in the yardstick. */
const QUOTE_START = 200_000_000_000_000
const BASE_START = 1_000_000_000_000

export interface Pass {
  /** Of the timed commands; processor time is this thread's. */
  readonly cpuSeconds: number
  readonly wallSeconds: number
  readonly bookHash: number
  readonly balanceHash: number
}

/** Commands as the engine takes them. */
export interface Commands {
  readonly bytes: Uint8Array
  /** Where each begins in `bytes`, and the end. */
  readonly offsets: Int32Array
}

/** A workload as this engine's own records, with the numbers it gave the orders when it played it first. */
export interface Script extends Commands {
  readonly workload: Workload
  readonly checksums: Checksums
  readonly refusals: number
  /** As the first pass left it, and where its events ended. */
  readonly state: EngineState
  readonly seqEnd: number
  /** The workload's own number of the order that the engine gave this one. */
  readonly orderOf: (number: number) => number
}

export interface Batch {
  readonly bytes: Uint8Array
  readonly count: number
}

/** How the users come by their money: see `openEngine`. Those who deposit it also give their orders ids. */
export type Money = 'rows' | 'deposits'

function limitsFor({ users, markets, ordersMax }: Workload): Partial<Limits> {
  // An order is refused unless there is room for two more rows, whether it needs them or not.
  const rows = (users + 1) * (markets + 1) + 2
  return { rows, orders: Math.min(limitsDefault.orders, ordersMax) }
}

/** The markets, and deposits as large as the engine takes in of one asset: enough that no command of w1 is refused. */
export function openingCommands(
  { markets, users }: Pick<Workload, 'markets' | 'users'>,
  money: Money,
): Command[] {
  const sizes = { tickSize: '0.01', lotSize: '0.01', makerFeePpm: 513, takerFeePpm: 1037 }
  const names = Array.from({ length: markets }, (_, n) => ({ market: `M${n}`, base: `B${n}`, quote: 'Q' }))
  const commands: Command[] = names.map((name) => ({ op: 'market', ...name, ...sizes }))
  if (money === 'rows') return commands
  for (let account = 1; account <= users; account++) {
    const deposit = { op: 'deposit', account } as const
    commands.push({ ...deposit, asset: 'Q', amount: String(Math.floor(80_000_000 / users)) })
    for (const { base } of names) {
      commands.push({ ...deposit, asset: base, amount: String(Math.floor(10_000_000 / users)) })
    }
  }
  return commands
}

/**
 * An engine with the workload's markets and money. A tick is 10^4 quote units a lot and a lot 10^6 base units. The money
 * of the yardstick is written into the rows and not deposited: all together it is more than the 2^53 units that the engine
 * takes in of one asset, and only each account's own part of it stays far below that, so every sum is still exact.
 */
function openEngine(workload: Workload, money: Money, sink: (records: Uint8Array) => void): EngineState {
  const { state, execute } = createSession(limitsFor(workload), sink)
  for (const command of openingCommands(workload, money)) execute(command)
  if (money === 'deposits') return state
  for (let user = 1; user <= workload.users; user++) {
    for (const [asset, { name }] of state.assets.entries()) {
      state.f[(openRow(state, user, asset) + AVAILABLE) >> 1] = name === 'Q' ? QUOTE_START : BASE_START
    }
  }
  return state
}

function viewWords(words: number): Memory {
  const buffer = new ArrayBuffer(words * 4)
  return { i: new Int32Array(buffer), f: new Float64Array(buffer), b: new Uint8Array(buffer) }
}

function hashesOf(
  s: EngineState,
  workload: Workload,
  orderOf: (number: number) => number,
): Pick<Checksums, 'bookHash' | 'balanceHash'> {
  return { bookHash: hashBook(s, workload, orderOf), balanceHash: hashBalances(s, workload) }
}

function hashBook({ i, f }: EngineState, { markets }: Workload, orderOf: (number: number) => number): number {
  let hash = 0
  const mix = (word: number): void => {
    hash = Math.imul(hash ^ word, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (let index = 0; index < markets; index++) {
    const market = MARKETS_AT + index * MARKET_WORDS
    for (const side of [layout.BUY, layout.SELL]) {
      for (let level = i[market + BEST + side]!; level !== 0; level = nextLevel(market, side, level)) {
        mix(i[level + LEVEL_PRICE]!)
        for (let order = i[level + HEAD]!; order !== level; order = i[order + NEXT]!) {
          mix(orderOf(f[(order + ORDER_ID) >> 1]!))
          mix(f[(order + LEAVES) >> 1]!)
        }
      }
    }
  }
  return hash >>> 0
}

function hashBalances(s: EngineState, { users, markets }: Workload): number {
  // Asked for first: it brings this engine's books into the block that rows are found in.
  const { f } = s
  let hash = 0
  const mix = (amount: number): void => {
    hash = Math.imul(hash ^ amount, 0x9e3779b1)
    hash = Math.imul(hash ^ Math.floor(amount / 2 ** 32), 0x85ebca6b)
    hash ^= hash >>> 15
  }
  const assets = ['Q', ...Array.from({ length: markets }, (_, market) => `B${market}`)].map((name) =>
    s.assetByName.get(name)!,
  )
  for (let user = 1; user <= users; user++) {
    for (const asset of assets) {
      const row = findRow(user, asset)
      mix(f[(row + AVAILABLE) >> 1]!)
      mix(f[(row + HELD) >> 1]!)
    }
  }
  return hash >>> 0
}

/** Takes the checksum of the trades in the order they happened, over the workload's own numbers of the orders. */
class TradeReader {
  trades = 0
  checksum = 0
  refusals = 0
  readonly #orderOf: (id: number) => number

  constructor(orderOf: (id: number) => number) {
    this.#orderOf = orderOf
  }

  take(events: Uint8Array): void {
    const { i, f } = viewEvents(events)
    for (let at = 0; at < i.length; at += (i[at]! & 0xffff) >> 2) {
      const type = (i[at]! >> 16) & 255
      if (type === EVENT_REJECTED) this.refusals++
      if (type !== EVENT_TRADE) continue
      this.trades++
      let hash = Math.imul(this.checksum ^ this.#orderOf(f[(at + TRADE_MAKER_ORDER) >> 1]!), 0x9e3779b1)
      hash = Math.imul(hash ^ this.#orderOf(f[(at + EVENT_ORDER) >> 1]!), 0x85ebca6b)
      hash = Math.imul(hash ^ i[at + EVENT_PRICE]!, 0xc2b2ae35)
      hash = Math.imul(hash ^ f[(at + EVENT_QUANTITY) >> 1]!, 0x27d4eb2f)
      this.checksum = hash ^ (hash >>> 15)
    }
  }
}

interface Step {
  readonly workload: Workload
  /** Which of its commands. */
  readonly n: number
  /** The engine's number of the order it names. */
  readonly order: number
  /** The client's, where orders have one. */
  readonly id: string
}

/** Writes a command at `word` and answers the word after it. A move is one amend of the price. */
function writeStep({ i, f, b }: Memory, word: number, { workload, n, order, id }: Step): number {
  const type = workload.type[n]!
  const isPlace = type === GTC || type === IOC
  let words = COMMAND_STRINGS
  let head = (OP_PLACE << 16) | ((workload.side[n]! | ((type === IOC ? 1 : 0) << TIF_SHIFT)) << 24)
  if (type === CANCEL) head = (OP_CANCEL << 16) | (FLAG_BY_ORDER << 24)
  if (type === MOVE) head = (OP_AMEND << 16) | ((FLAG_BY_ORDER | FLAG_AMEND_PRICE) << 24)
  if (type === MOVE || (isPlace && id !== '')) {
    f[(word + COMMAND_STRINGS) >> 1] = 0
    words = RECORD_WORDS_MAX
  }
  if (isPlace) {
    for (let at = 0; at < id.length; at++) b[(word + COMMAND_STRINGS) * 4 + at] = id.charCodeAt(at)
  }
  i[word + COMMAND_HEAD] = head | (words * 4)
  i[word + COMMAND_LENGTHS] = isPlace ? id.length << 8 : 0
  i[word + COMMAND_ACCOUNT] = workload.user[n]!
  i[word + COMMAND_MARKET] = workload.market[n]!
  f[(word + COMMAND_TIME) >> 1] = 1
  f[(word + COMMAND_VALUE) >> 1] = isPlace ? workload.size[n]! : order
  i[word + COMMAND_PRICE] = workload.price[n]!
  return word + words
}

/** Plays the workload once, with every event looked at, and writes down what each command is to this engine. */
export function checkWorkload(workload: Workload, money: Money = 'rows'): Script {
  // The seq of an order's acceptance is its number here; the workload has its own.
  const numberOf = new Float64Array(workload.ordersMax + 1)
  const orders: number[] = []
  const orderOf = (number: number): number => orders[number]!
  const reader = new TradeReader(orderOf)
  const state = openEngine(workload, money, (events) => {
    reader.take(events)
  })
  const steps = viewWords(workload.total * RECORD_WORDS_MAX)
  const offsets = new Int32Array(workload.total + 1)
  let word = 0
  for (let n = 0; n < workload.total; n++) {
    const order = workload.order[n]!
    const type = workload.type[n]!
    if (type === GTC || type === IOC) {
      numberOf[order] = state.f[SEQ_NEXT >> 1]!
      orders[numberOf[order]] = order
    }
    const id = money === 'deposits' ? order.toString(36).padStart(5, '0') : ''
    word = writeStep(steps, word, { workload, n, order: numberOf[order]!, id })
    offsets[n + 1] = word * 4
    state.b.set(steps.b.subarray(offsets[n], offsets[n + 1]), INPUT_AT * 4)
    apply(state, INPUT_AT)
  }
  flush(state)
  const { trades, refusals } = reader
  const tradeChecksum = reader.checksum >>> 0
  const checksums = { trades, tradeChecksum, ...hashesOf(state, workload, orderOf) }
  const played = { checksums, refusals, state, seqEnd: state.f[SEQ_NEXT >> 1]!, orderOf }
  return { workload, bytes: steps.b.subarray(0, word * 4), offsets, ...played }
}

/** Commands `from` to `end` as frames from the socket would bring them. */
export function batchesOf({ bytes, offsets }: Commands, from: number, end: number): Batch[] {
  const batches: Batch[] = []
  for (let start = from; start < end; start += BATCH) {
    const stop = Math.min(start + BATCH, end)
    batches.push({ bytes: bytes.subarray(offsets[start], offsets[stop]), count: stop - start })
  }
  return batches
}

/** As the sequencer does with a frame: copied into the engine's input, applied one by one, their events handed over. */
function playBatches(s: EngineState, batches: readonly Batch[]): void {
  const { b } = s
  for (const { bytes } of batches) {
    b.set(bytes, INPUT_AT * 4)
    applyAll(s, INPUT_AT, INPUT_AT + (bytes.length >> 2))
    flush(s)
  }
}

/** Plays it on a new engine and times all after the fill. The events are dropped: here only matching is measured. */
export function playPass(script: Script): Pass {
  const { workload, orderOf } = script
  const state = openEngine(workload, 'rows', () => undefined)
  const timed = batchesOf(script, workload.fill, workload.total)
  playBatches(state, batchesOf(script, 0, workload.fill))
  const wall = performance.now()
  const cpu = process.threadCpuUsage()
  playBatches(state, timed)
  const { user, system } = process.threadCpuUsage(cpu)
  const wallSeconds = (performance.now() - wall) / 1000
  // The events themselves were not looked at this time; as many of them, and the same end, is what is known.
  if (state.f[SEQ_NEXT >> 1] !== script.seqEnd) throw new Error('this pass went differently from the first')
  return { cpuSeconds: (user + system) / 1e6, wallSeconds, ...hashesOf(state, workload, orderOf) }
}
