/** Plays a workload into an engine in this process and takes its order-sensitive checksum of trades. */
import { apply } from '../engine.ts'
import { viewEvents } from '../event-decode.ts'
import { type Limits } from '../layout.ts'
import { findById } from '../order-index.ts'
import { createSession, type Session } from '../session.ts'
import { flush, type EngineState } from '../state.ts'
import { CANCEL, IOC, MOVE, type Workload } from './workload.ts'
import * as layout from '../layout.ts'
import * as records from '../records.ts'

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

export interface Player {
  readonly state: EngineState
  /** Cancels what is open, so that another pass starts as the first one did. */
  clear(): void
  /** Plays commands `from` to `end`. */
  play(from: number, end: number): void
  trades(): number
  checksum(): number
}

/** A tick is 10^4 quote units a lot and a lot 10^6 base units, as in the reference; users start rich. */
function openMarkets(session: Session, workload: Workload): void {
  const fees = { makerFeePpm: 513, takerFeePpm: 1037 }
  for (let n = 0; n < workload.markets; n++) {
    const names = { market: `M${n}`, base: `B${n}`, quote: 'Q' }
    session.execute({ op: 'market', ...names, tickSize: '0.01', lotSize: '0.01', ...fees })
  }
  for (let account = 1; account <= workload.users; account++) {
    session.execute({ op: 'deposit', account, asset: 'Q', amount: '80000' })
    for (let n = 0; n < workload.markets; n++) {
      session.execute({ op: 'deposit', account, asset: `B${n}`, amount: '10000' })
    }
  }
}

export function createPlayer(workload: Workload, limits: Partial<Limits> = {}, isChecked = false): Player {
  /** The workload's id of the order that our number stands for: events carry our numbers. */
  const idOf = new Map<number, number>()
  const orderOf = new Float64Array(workload.idMax + 1)
  let trades = 0
  let checksum = 0
  let isPlaying = false
  const session = createSession(limits, (records) => {
    if (!isPlaying || !isChecked) return
    const { i, f } = viewEvents(records)
    for (let at = 0; at < i.length; at += (i[at]! & 0xffff) >> 2) {
      if (((i[at]! >> 16) & 255) !== EVENT_TRADE) continue
      trades++
      const maker = idOf.get(f[(at + TRADE_MAKER_ORDER) >> 1]!)!
      const taker = idOf.get(f[(at + EVENT_ORDER) >> 1]!)!
      checksum = Math.imul(checksum ^ maker, 0x9e3779b1)
      checksum = Math.imul(checksum ^ taker, 0x85ebca6b)
      checksum = Math.imul(checksum ^ i[at + EVENT_PRICE]!, 0xc2b2ae35)
      checksum = Math.imul(checksum ^ f[(at + EVENT_QUANTITY) >> 1]!, 0x27d4eb2f)
      checksum ^= checksum >>> 15
    }
  })
  openMarkets(session, workload)
  const { state } = session
  const { i, f } = state
  const at = i[INPUT]!
  i[at + COMMAND_LENGTHS] = 0
  f[(at + COMMAND_TIME) >> 1] = 1

  const place = (n: number, flags: number, lots: number): void => {
    i[at + COMMAND_HEAD] = RECORD_BYTES | (OP_PLACE << 16) | (flags << 24)
    i[at + COMMAND_PRICE] = workload.price[n]!
    f[(at + COMMAND_VALUE) >> 1] = lots
    const order = f[SEQ_NEXT >> 1]!
    orderOf[workload.id[n]!] = order
    if (isChecked) idOf.set(order, workload.id[n]!)
    apply(state, at)
  }
  const cancel = (n: number): void => {
    i[at + COMMAND_HEAD] = RECORD_BYTES | (OP_CANCEL << 16) | (FLAG_BY_ORDER << 24)
    f[(at + COMMAND_VALUE) >> 1] = orderOf[workload.id[n]!]!
    apply(state, at)
  }
  const play = (from: number, end: number): void => {
    isPlaying = true
    for (let n = from; n < end; n++) {
      i[at + COMMAND_ACCOUNT] = workload.user[n]!
      i[at + COMMAND_MARKET] = workload.market[n]!
      const side = workload.side[n]!
      const type = workload.type[n]!
      if (type === CANCEL) cancel(n)
      else if (type === MOVE) {
        const order = findById(i, f, orderOf[workload.id[n]!]!)
        const lots = order === 0 ? 0 : f[(order + LEAVES) >> 1]!
        if (lots === 0) continue
        cancel(n)
        place(n, side, lots)
      } else place(n, side | ((type === IOC ? 1 : 0) << TIF_SHIFT), workload.size[n]!)
    }
    flush(state)
  }
  const clear = (): void => {
    isPlaying = false
    for (let account = 1; account <= workload.users; account++) {
      while (clearSome(session, account) > 0);
    }
    i[at + COMMAND_LENGTHS] = 0
    f[(at + COMMAND_TIME) >> 1] = 1
  }
  return { state, clear, play, trades: () => trades, checksum: () => checksum >>> 0 }
}

/** How many orders of the account are left after one cancelAll. */
function clearSome(session: Session, account: number): number {
  const last = session.execute({ op: 'cancelAll', account }).events.at(-1)
  return last?.event === 'canceledAll' ? last.left : 0
}
