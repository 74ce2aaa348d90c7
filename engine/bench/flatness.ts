/**
 * Whether an order costs the same in a large book as in a small one: orders all over the book are amended at random, which
 * is a search by number, a price level left and another found, and a hold that changes.
 */
import { openRow } from '../core/balance.ts'
import { apply, applyAll } from '../core/engine.ts'
import { flush, type EngineState } from '../core/state.ts'
import { createSession } from '../core/session.ts'
import { Random } from './random.ts'
import * as layout from '../core/layout.ts'
import * as records from '../messages/records.ts'

const { AVAILABLE, INPUT_AT, SEQ_NEXT } = layout
const { COMMAND_ACCOUNT, COMMAND_HEAD, COMMAND_LENGTHS, COMMAND_MARKET, COMMAND_PRICE, COMMAND_STRINGS } =
  records
const { COMMAND_TIME, COMMAND_VALUE, FLAG_AMEND_PRICE, FLAG_BY_ORDER, FLAG_SELL, OP_AMEND, OP_PLACE } =
  records

const USERS = 1000
const BATCH = 1024
const WORDS = COMMAND_STRINGS + 2
/** Prices that each side of a market may have, bids below the middle and asks above it: a few orders to each. */
const LEVELS_MIN = 100
const LEVELS_MAX = 50_000
const ORDERS_PER_LEVEL = 4
const MONEY = 2 ** 52
const WARMING = 400_000
const TIMED = 400_000

export interface Size {
  readonly markets: number
  readonly resting: number
}

export interface Cost extends Size {
  /** Of the processor, for one amend. */
  readonly nanoseconds: number
  /** Of the process, for each resting order: its record, its level's, its places in the indexes. */
  readonly bytes: number
}

function openEngine({ markets, resting }: Size): EngineState {
  const limits = { orders: resting + 1000, rows: (USERS + 1) * (markets + 1) + 1000 }
  const { state, execute } = createSession(limits, () => undefined)
  const sizes = { tickSize: '0.01', lotSize: '0.01', makerFeePpm: 0, takerFeePpm: 0 }
  for (let n = 0; n < markets; n++) {
    execute({ op: 'market', market: `M${n}`, base: `B${n}`, quote: 'Q', ...sizes })
  }
  // Written into the rows: all together it is more than the engine takes in.
  for (let user = 1; user <= USERS; user++) {
    for (const asset of state.assets.keys()) state.f[(openRow(state, user, asset) + AVAILABLE) >> 1] = MONEY
  }
  return state
}

interface Written {
  readonly market: number
  readonly user: number
  readonly price: number
  readonly isSell: boolean
  /** 0 for one to be placed. */
  readonly order: number
}

/** Writes a place, or an amend of `order`, at its place in a batch. */
function writeCommand(
  { i, f }: EngineState,
  word: number,
  { market, user, price, isSell, order }: Written,
): void {
  const place = (OP_PLACE << 16) | ((isSell ? FLAG_SELL : 0) << 24)
  const amend = (OP_AMEND << 16) | ((FLAG_BY_ORDER | FLAG_AMEND_PRICE) << 24)
  i[word + COMMAND_HEAD] = (order === 0 ? COMMAND_STRINGS * 4 : WORDS * 4) | (order === 0 ? place : amend)
  i[word + COMMAND_LENGTHS] = 0
  i[word + COMMAND_ACCOUNT] = user
  i[word + COMMAND_MARKET] = market
  f[(word + COMMAND_TIME) >> 1] = 1
  f[(word + COMMAND_VALUE) >> 1] = order === 0 ? 1 : order
  i[word + COMMAND_PRICE] = price
  f[(word + COMMAND_STRINGS) >> 1] = 0
}

/** Every order's user, market and side follow from which one it is, so that nothing need be remembered of it. */
class Traders {
  readonly #state: EngineState
  readonly #size: Size
  readonly #random = new Random(1)
  readonly #firstOrder: number
  readonly #levels: number

  constructor(state: EngineState, size: Size) {
    this.#state = state
    this.#size = size
    this.#firstOrder = state.f[SEQ_NEXT >> 1]!
    const levels = Math.ceil(size.resting / size.markets / 2 / ORDERS_PER_LEVEL)
    this.#levels = Math.min(LEVELS_MAX, Math.max(LEVELS_MIN, levels))
  }

  #write(word: number, n: number, order: number): void {
    const isSell = n % 2 === 1
    const price = 1 + this.#random.below(this.#levels) + (isSell ? this.#levels : 0)
    const market = (n >> 1) % this.#size.markets
    writeCommand(this.#state, word, { market, user: 1 + (n % USERS), price, isSell, order })
  }

  fill(): void {
    const s = this.#state
    for (let n = 0; n < this.#size.resting; n++) {
      this.#write(INPUT_AT, n, 0)
      apply(s, INPUT_AT)
    }
    flush(s)
    const isFilled = s.f[SEQ_NEXT >> 1] === this.#firstOrder + this.#size.resting
    if (!isFilled) throw new Error('not every order of the fill rests')
  }

  /** Amends orders at random and answers the seconds of processor time that the engine took. */
  amend(count: number): number {
    const s = this.#state
    const end = INPUT_AT + BATCH * WORDS
    let microseconds = 0
    for (let done = 0; done < count; done += BATCH) {
      for (let word = INPUT_AT; word < end; word += WORDS) {
        const n = this.#random.below(this.#size.resting)
        this.#write(word, n, this.#firstOrder + n)
      }
      const cpu = process.threadCpuUsage()
      applyAll(s, INPUT_AT, end)
      const { user, system } = process.threadCpuUsage(cpu)
      microseconds += user + system
      flush(s)
    }
    return microseconds / 1e6
  }
}

/** In a process of its own, so that nothing else's memory is counted and no other size has shaped the compiled code. */
export function measureCost(size: Size): Cost {
  const state = openEngine(size)
  const traders = new Traders(state, size)
  const before = process.memoryUsage.rss()
  traders.fill()
  const bytes = (process.memoryUsage.rss() - before) / size.resting
  traders.amend(WARMING)
  const seconds = [1, 2, 3].map(() => traders.amend(TIMED)).sort((a, b) => a - b)
  const rounds = Math.ceil(TIMED / BATCH) * BATCH
  return { ...size, nanoseconds: (seconds[1]! * 1e9) / rounds, bytes }
}
