/**
 * The engine: a pure function from its state and one command to events. No clock, no randomness, no I/O: what it does
 * is decided by the commands alone, so replaying them gives the same state and the same events, byte for byte.
 */
import * as accountModule from './account.ts'
import * as amendModule from './amend.ts'
import * as cancelAllModule from './cancel-all.ts'
import * as clockModule from './clock.ts'
import * as commandRecordModule from '../messages/command-record.ts'
import * as discountModule from './discount.ts'
import * as eventRecordModule from './event-record.ts'
import * as eventModule from '../messages/event.ts'
import type { KeyedCommand } from './key-table.ts'
import * as marketModule from './market.ts'
import type { MarketTerms } from '../messages/market.ts'
import * as moneyModule from './money.ts'
import * as orderIndexModule from './order-index.ts'
import * as orderModule from './order.ts'
import * as placeListModule from './place-list.ts'
import * as queueModule from './queue.ts'
import * as replaceModule from './replace.ts'
import * as stateModule from './state.ts'
import type { EngineState } from './state.ts'
import * as warmModule from './warm.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { setAccount, setFeeTier, setGuard } = accountModule
const { amend } = amendModule
const { cancelAll } = cancelAllModule
const { clock } = clockModule
const { keyAt, nameOf } = commandRecordModule
const { setDiscount } = discountModule
const { writeRejected } = eventRecordModule
const { codeOf } = eventModule
const { setMarket } = marketModule
const { deposit, transfer, withdraw } = moneyModule
const { hashWords } = orderIndexModule
const { cancel, marketAt, numberNamed, place } = orderModule
const { cancelList, placeList } = placeListModule
const { runQueue } = queueModule
const { replace } = replaceModule
const { load } = stateModule
const { warm } = warmModule

const { f, i } = memory
const { HASH_SEED, NOW, QUEUE_HEAD, REPEATED, REPEATED_COUNT, REPEATED_SEQ, SEQ_NEXT } = layout
const {
  COMMAND_ACCOUNT,
  COMMAND_HEAD,
  COMMAND_LENGTHS,
  COMMAND_MARKET,
  COMMAND_TIME,
  COMMAND_VALUE,
  OP_AMEND,
  OP_CANCEL,
  OP_DEPOSIT,
  OP_GUARD,
  OP_MARKET,
  OP_PLACE,
  OP_WITHDRAW,
} = records

/**
 * Applies the command record at word `at` of the memory. Its events wait in the output until `flush`; a repeat of a
 * remembered command has none, and the REPEATED registers say which were the first time's.
 */
export function apply(s: EngineState, at: number): void {
  load(s)
  applyNext(s, at)
}

/** Applies the commands from word `at` to `end`. */
export function applyAll(s: EngineState, at: number, end: number): void {
  load(s)
  for (let cold = at; at < end; at += (i[at + COMMAND_HEAD]! & 0xffff) >> 2) {
    if (at >= cold) cold = warm(at, end)
    applyNext(s, at)
  }
}

const applyNext = (s: EngineState, at: number): void => {
  i[REPEATED] = 0
  f[NOW >> 1] = f[(at + COMMAND_TIME) >> 1]!
  if (i[at + COMMAND_LENGTHS]! & 255) return applyKeyed(s, at)
  run(s, at)
}

/** Those that come by the million first: a chain of comparisons is faster for them than a table of jumps. */
const run = (s: EngineState, at: number): void => {
  const op = (i[at + COMMAND_HEAD]! >> 16) & 255
  if (op === OP_PLACE) place(at)
  else if (op === OP_CANCEL) cancel(at)
  else if (op === OP_AMEND) amend(at)
  else runOther(s, at, op)
  if (i[QUEUE_HEAD] !== 0) runQueue()
}

const runOther = (s: EngineState, at: number, op: number): void => {
  switch (op) {
    case records.OP_CANCEL_ALL:
      return cancelAll(at)
    case records.OP_PLACE_LIST:
      return placeList(at)
    case records.OP_CANCEL_LIST:
      return cancelList(at)
    case records.OP_REPLACE:
      return replace(at)
    case records.OP_CLOCK:
      return clock()
    case records.OP_TRANSFER:
      return transfer(s, at)
    case records.OP_ACCOUNT:
      return setAccount(s, at)
    case records.OP_FEE_TIER:
      return setFeeTier(s, at)
    case records.OP_DISCOUNT:
      return setDiscount(s, at)
    case records.OP_GUARD:
      return setGuard(s, at)
    case OP_DEPOSIT:
      return deposit(s, at)
    case OP_WITHDRAW:
      return withdraw(s, at)
    case OP_MARKET:
      return setMarket(s, at)
    default:
      throw new Error(`the engine knows no command ${op}`)
  }
}

const applyKeyed = (s: EngineState, at: number): void => {
  const op = (i[at + COMMAND_HEAD]! >> 16) & 255
  const keys = op <= OP_GUARD ? s.keysForever : s.keysRecent
  const command = keyedCommand(s, at)
  const entry = keys.find(command)
  if (entry < 0) {
    const seq = f[SEQ_NEXT >> 1]!
    run(s, at)
    return keys.add(command, seq, f[SEQ_NEXT >> 1]! - seq)
  }
  if (!keys.hasContent(entry, command)) return rejectConflict(s, at, op)
  i[REPEATED] = 1
  f[REPEATED_SEQ >> 1] = keys.seqOf(entry)
  i[REPEATED_COUNT] = keys.countOf(entry)
}

const keyedCommand = (s: EngineState, at: number): KeyedCommand => {
  const account = i[at + COMMAND_ACCOUNT]!
  const length = i[at + COMMAND_LENGTHS]! & 255
  const bytes = i[at + COMMAND_HEAD]! & 0xffff
  // The time is no part of what a command asks for: a retry may carry a later one.
  const head = hashWords(at, COMMAND_TIME * 4, i[HASH_SEED]!)
  const contentLow = hashWords(at + COMMAND_VALUE, bytes - COMMAND_VALUE * 4, head)
  const contentHigh = hashWords(at + COMMAND_VALUE, bytes - COMMAND_VALUE * 4, ~head)
  const hash = hashWords(keyAt(at), length, i[HASH_SEED]! ^ Math.imul(account, 0x9e3779b1))
  return { account, words: i, at: keyAt(at), length, hash, contentLow, contentHigh }
}

const rejectConflict = (s: EngineState, at: number, op: number): void => {
  const name = op === OP_MARKET ? (JSON.parse(nameOf(s, at)) as MarketTerms).market : nameOf(s, at)
  const index = i[at + COMMAND_MARKET]!
  const order = numberNamed(at, op)
  const reason = codeOf('idempotency_conflict')
  writeRejected(at, op, i[at + COMMAND_ACCOUNT]!, marketAt(index) === 0 ? -1 : index, reason, name, order)
}
