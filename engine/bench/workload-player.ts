/** Plays a workload into an engine in this process and takes its order-sensitive checksum of trades. */
import { apply } from '../core/engine.ts'
import { viewEvents } from '../messages/event-decode.ts'
import { type Limits } from '../core/layout.ts'
import { readBalances } from '../core/reads.ts'
import { findById } from '../core/order-index.ts'
import { createSession, type Session } from '../core/session.ts'
import { flush, type EngineState } from '../core/state.ts'
import { CANCEL, IOC, MOVE, type Workload } from './workload.ts'
import * as layout from '../core/layout.ts'
import * as records from '../messages/records.ts'

const { INPUT, LEAVES, SEQ_NEXT } = layout
const {
  COMMAND_ACCOUNT,
  COMMAND_HEAD,
  COMMAND_LENGTHS,
  COMMAND_MARKET,
  COMMAND_PRICE,
  COMMAND_STRINGS,
  COMMAND_TIME,
  COMMAND_VALUE,
  EVENT_ORDER,
  EVENT_PRICE,
  EVENT_QUANTITY,
  EVENT_TRADE,
  FLAG_BY_ORDER,
  OP_CANCEL,
  OP_PLACE,
  TIF_SHIFT,
  TRADE_MAKER_ORDER,
} = records

const RECORD_BYTES = COMMAND_STRINGS * 4

/** One command in six words: head, account, market, price and, as a double, lots or the order's distance in seqs. */
const STEP_WORDS = 6

export interface Player {
  readonly state: EngineState
  /** Cancels what is open and restores the balances, so that another pass starts as the first one did. */
  clear(): void
  /** Plays the workload's commands `from` to `end`, as this engine's own, which the first pass worked out. */
  play(from: number, end: number): void
  readonly trades: number
  readonly checksum: number
}

/** A tick is 10^4 quote units a lot and a lot 10^6 base units, as in the reference. */
function openMarkets(session: Session, workload: Workload): void {
  const fees = { makerFeePpm: 513, takerFeePpm: 1037 }
  for (let n = 0; n < workload.markets; n++) {
    const names = { market: `M${n}`, base: `B${n}`, quote: 'Q' }
    session.execute({ op: 'market', ...names, tickSize: '0.01', lotSize: '0.01', ...fees })
  }
}

/** Leaves every account with no orders and the same money, so that each pass goes as the first one did. */
function reset(session: Session, workload: Workload): void {
  for (let account = 1; account <= workload.users; account++) while (cancelSome(session, account) > 0);
  for (const { account, asset, available } of readBalances(session.state)) {
    if (available !== '0') session.execute({ op: 'withdraw', account, asset, amount: available })
  }
  for (let account = 1; account <= workload.users; account++) {
    // As much as fits: all that is in the engine stays below 2^53 units.
    session.execute({
      op: 'deposit',
      account,
      asset: 'Q',
      amount: String(Math.floor(80_000_000 / workload.users)),
    })
    for (let n = 0; n < workload.markets; n++) {
      const amount = String(Math.floor(10_000_000 / workload.users))
      session.execute({ op: 'deposit', account, asset: `B${n}`, amount })
    }
  }
}

/** How many orders of the account are left after one cancelAll. */
function cancelSome(session: Session, account: number): number {
  const last = session.execute({ op: 'cancelAll', account }).events.at(-1)
  return last?.event === 'canceledAll' ? last.left : 0
}

/** The checksum of trades over the workload's own order numbers, which `idOf` knows for ours. */
class TradeChecksum {
  readonly idOf = new Map<number, number>()
  trades = 0
  value = 0

  take(records: Uint8Array): void {
    const { i, f } = viewEvents(records)
    for (let at = 0; at < i.length; at += (i[at]! & 0xffff) >> 2) {
      if (((i[at]! >> 16) & 255) !== EVENT_TRADE) continue
      this.trades++
      this.value = Math.imul(this.value ^ this.idOf.get(f[(at + TRADE_MAKER_ORDER) >> 1]!)!, 0x9e3779b1)
      this.value = Math.imul(this.value ^ this.idOf.get(f[(at + EVENT_ORDER) >> 1]!)!, 0x85ebca6b)
      this.value = Math.imul(this.value ^ i[at + EVENT_PRICE]!, 0xc2b2ae35)
      this.value = Math.imul(this.value ^ f[(at + EVENT_QUANTITY) >> 1]!, 0x27d4eb2f)
      this.value ^= this.value >>> 15
    }
  }
}

/** Plays the workload once, checked, and writes down each command with all it needs: a player must not look things up. */
function workOut(
  session: Session,
  workload: Workload,
  checksum: TradeChecksum,
): { steps: Int32Array; starts: Int32Array } {
  const { i, f } = session.state
  const at = i[INPUT]!
  const steps = new Int32Array(workload.total * 2 * STEP_WORDS)
  const doubles = new Float64Array(steps.buffer)
  const starts = new Int32Array(workload.total + 1)
  const orderOf = new Float64Array(workload.idMax + 1)
  const base = f[SEQ_NEXT >> 1]!
  let step = 0
  const run = (n: number, head: number, price: number, value: number): void => {
    steps.set([head, workload.user[n]!, workload.market[n]!, price], step)
    doubles[(step + 4) >> 1] = ((head >> 16) & 255) === OP_PLACE ? value : value - base
    i[at + COMMAND_HEAD] = head
    i[at + COMMAND_ACCOUNT] = workload.user[n]!
    i[at + COMMAND_MARKET] = workload.market[n]!
    i[at + COMMAND_PRICE] = price
    f[(at + COMMAND_VALUE) >> 1] = value
    apply(session.state, at)
    step += STEP_WORDS
  }
  const place = (n: number, flags: number, lots: number): void => {
    orderOf[workload.id[n]!] = f[SEQ_NEXT >> 1]!
    checksum.idOf.set(f[SEQ_NEXT >> 1]!, workload.id[n]!)
    run(n, RECORD_BYTES | (OP_PLACE << 16) | (flags << 24), workload.price[n]!, lots)
  }
  const cancel = (n: number): void => {
    run(n, RECORD_BYTES | (OP_CANCEL << 16) | (FLAG_BY_ORDER << 24), 0, orderOf[workload.id[n]!]!)
  }
  for (let n = 0; n < workload.total; n++) {
    starts[n] = step
    const type = workload.type[n]!
    if (type === CANCEL) cancel(n)
    else if (type === MOVE) {
      const order = findById(i, f, orderOf[workload.id[n]!]!)
      const lots = f[(order + LEAVES) >> 1]!
      cancel(n)
      place(n, workload.side[n]!, lots)
    } else place(n, workload.side[n]! | ((type === IOC ? 1 : 0) << TIF_SHIFT), workload.size[n]!)
  }
  starts[workload.total] = step
  flush(session.state)
  return { steps, starts }
}

export function createPlayer(workload: Workload, limits: Partial<Limits> = {}): Player {
  const checksum = new TradeChecksum()
  let isChecked = false
  const session = createSession(limits, (records) => {
    if (isChecked) checksum.take(records)
  })
  openMarkets(session, workload)
  const { state } = session
  const { i, f } = state
  const at = i[INPUT]!
  let base = 0
  const clear = (): void => {
    reset(session, workload)
    base = f[SEQ_NEXT >> 1]!
    i[at + COMMAND_LENGTHS] = 0
    f[(at + COMMAND_TIME) >> 1] = 1
  }
  clear()
  isChecked = true
  const { steps, starts } = workOut(session, workload, checksum)
  isChecked = false
  const span = f[SEQ_NEXT >> 1]! - base
  const doubles = new Float64Array(steps.buffer)
  const play = (from: number, end: number): void => {
    for (let step = starts[from]!; step < starts[end]!; step += STEP_WORDS) {
      const head = steps[step]!
      i[at + COMMAND_HEAD] = head
      i[at + COMMAND_ACCOUNT] = steps[step + 1]!
      i[at + COMMAND_MARKET] = steps[step + 2]!
      i[at + COMMAND_PRICE] = steps[step + 3]!
      const value = doubles[(step + 4) >> 1]!
      f[(at + COMMAND_VALUE) >> 1] = ((head >> 16) & 255) === OP_PLACE ? value : value + base
      apply(state, at)
    }
    flush(state)
    // Order numbers are known by their distance, so every pass must cause as many events as the first.
    const isSame = end < workload.total || f[SEQ_NEXT >> 1]! - base === span
    if (!isSame) throw new Error('this pass went differently from the first')
  }
  return { state, clear, play, trades: checksum.trades, checksum: checksum.value >>> 0 }
}
