/**
 * The engine: a pure function from its state and one command to events. No clock, no randomness, no I/O: what it does
 * is decided by the commands alone, so replaying them gives the same state and the same events, byte for byte.
 */
import { findRow, hasRows, openRow, FEE_ACCOUNT } from './balance.ts'
import { keyAt, nameOf } from '../messages/command-record.ts'
import type { MarketCommand } from '../messages/command.ts'
import { parseDecimal, toUnits } from '../messages/decimal.ts'
import { writeMarketEvent, writeRejected, writeTransfer } from './event-record.ts'
import type { Reason } from '../messages/event.ts'
import type { KeyedCommand, KeyTable } from './key-table.ts'
import type { Market, MarketTerms } from '../messages/market.ts'
import { marketFrom, SCALE_DEFAULT, termsOf } from '../messages/market-terms.ts'
import { hashWords } from './order-index.ts'
import { cancel, cancelAll, codeOf, place } from './order.ts'
import { amend } from './amend.ts'
import { allocateNode, hasRoots } from './price-index.ts'
import { load, type EngineState } from './state.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { f, i } = memory
const {
  AMOUNT_END,
  AVAILABLE,
  BASE_ASSET,
  BASE_UNIT,
  FEE_BASE_ROW,
  FEE_QUOTE_ROW,
  HASH_SEED,
  FEES,
  MARKETS,
  MARKETS_AT,
  MARKET_INDEX,
  MARKET_WORDS,
  NOTIONAL_MIN,
  NOW,
  QUOTE_ASSET,
  QUOTE_UNIT,
  REPEATED,
  REPEATED_COUNT,
  REPEATED_SEQ,
  ROOT,
  SEQ_NEXT,
  STATE,
  TICKS_END,
  TRIGGER_ABOVE,
  TRIGGER_BELOW,
} = layout
const {
  COMMAND_ACCOUNT,
  COMMAND_DECIMALS,
  COMMAND_HEAD,
  COMMAND_LENGTHS,
  COMMAND_SCALE,
  COMMAND_TIME,
  COMMAND_VALUE,
  EVENT_DEPOSITED,
  EVENT_WITHDRAWN,
  OP_AMEND,
  OP_CANCEL,
  OP_CANCEL_ALL,
  OP_DEPOSIT,
  OP_GUARD,
  OP_MARKET,
  OP_PLACE,
  OP_WITHDRAW,
  marketStates,
} = records

/**
 * Applies the command record at word `at` of the memory. Its events wait in the output until `flush`; a repeat of a
 * remembered command has none, and the REPEATED registers say which were the first time's.
 */
export function apply(s: EngineState, at: number): void {
  load(s)
  i[REPEATED] = 0
  f[NOW >> 1] = f[(at + COMMAND_TIME) >> 1]!
  if (i[at + COMMAND_LENGTHS]! & 255) return applyKeyed(s, at)
  run(s, at)
}

/** Those that come by the million first: a chain of comparisons is faster for them than a table of jumps. */
function run(s: EngineState, at: number): void {
  const op = (i[at + COMMAND_HEAD]! >> 16) & 255
  if (op === OP_PLACE) place(at)
  else if (op === OP_CANCEL) cancel(at)
  else if (op === OP_AMEND) amend(at)
  else runOther(s, at, op)
}

function runOther(s: EngineState, at: number, op: number): void {
  switch (op) {
    case OP_CANCEL_ALL:
      return cancelAll(s, at)
    case OP_DEPOSIT:
      return deposit(s, at)
    case OP_WITHDRAW:
      return withdraw(s, at)
    case OP_MARKET:
      return market(s, at)
    default:
      throw new Error(`the engine knows no command ${op}`)
  }
}

function applyKeyed(s: EngineState, at: number): void {
  const op = (i[at + COMMAND_HEAD]! >> 16) & 255
  const keys = op <= OP_GUARD ? s.keysForever : s.keysRecent
  const command = keyedCommand(s, at)
  const entry = keys.find(command)
  if (entry < 0) {
    const seq = f[SEQ_NEXT >> 1]!
    run(s, at)
    return keys.add(command, seq, f[SEQ_NEXT >> 1]! - seq)
  }
  if (!keys.hasContent(entry, command)) return rejectConflict(s, at, op, keys)
  i[REPEATED] = 1
  f[REPEATED_SEQ >> 1] = keys.seqOf(entry)
  i[REPEATED_COUNT] = keys.countOf(entry)
}

function keyedCommand(s: EngineState, at: number): KeyedCommand {
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

function rejectConflict(s: EngineState, at: number, op: number, keys: KeyTable): void {
  const isForever = keys === s.keysForever
  const name = op === OP_MARKET ? (JSON.parse(nameOf(s, at)) as MarketTerms).market : nameOf(s, at)
  const index = isForever ? -1 : i[at + 3]!
  writeRejected(at, op, i[at + COMMAND_ACCOUNT]!, index, codeOf('idempotency_conflict'), name, 0)
}

function registerAsset(s: EngineState, name: string, scale: number): number {
  const known = s.assetByName.get(name)
  if (known !== undefined) return known
  s.assets.push({ name, scale, total: 0 })
  s.assetByName.set(name, s.assets.length - 1)
  return s.assets.length - 1
}

/** The command's amount in units of `scale`, or the reason why it is none. */
function unitsAt(s: EngineState, at: number, scale: number): number | Reason {
  const mantissa = f[(at + COMMAND_VALUE) >> 1]!
  const units = toUnits({ mantissa, decimals: i[at + COMMAND_DECIMALS]! }, scale)
  if (units === 0) return 'amount_must_be_positive'
  if (units < 0) return 'amount_off_scale'
  return units < AMOUNT_END ? units : 'overflow'
}

function rejectTransfer(s: EngineState, at: number, reason: Reason): void {
  const op = (i[at + COMMAND_HEAD]! >> 16) & 255
  writeRejected(at, op, i[at + COMMAND_ACCOUNT]!, -1, codeOf(reason), nameOf(s, at), 0)
}

function deposit(s: EngineState, at: number): void {
  const account = i[at + COMMAND_ACCOUNT]!
  const name = nameOf(s, at)
  const known = s.assetByName.get(name)
  const stated = i[at + COMMAND_SCALE]! - 1
  const { scale, total } =
    known === undefined ? { scale: stated < 0 ? SCALE_DEFAULT : stated, total: 0 } : s.assets[known]!
  if (stated >= 0 && stated !== scale) return rejectTransfer(s, at, 'scale_must_match')
  const units = unitsAt(s, at, scale)
  if (typeof units === 'string') return rejectTransfer(s, at, units)
  if (total + units >= AMOUNT_END) return rejectTransfer(s, at, 'overflow')
  if (!hasRows(1)) return rejectTransfer(s, at, 'engine_full')
  const asset = registerAsset(s, name, scale)
  s.assets[asset]!.total = total + units
  const row = openRow(s, account, asset)
  f[(row + AVAILABLE) >> 1] = f[(row + AVAILABLE) >> 1]! + units
  writeTransfer(EVENT_DEPOSITED, account, name, scale, units)
}

function withdraw(s: EngineState, at: number): void {
  const account = i[at + COMMAND_ACCOUNT]!
  const name = nameOf(s, at)
  const asset = s.assetByName.get(name)
  const scale = asset === undefined ? SCALE_DEFAULT : s.assets[asset]!.scale
  const units = unitsAt(s, at, scale)
  if (typeof units === 'string') return rejectTransfer(s, at, units)
  const row = asset === undefined ? 0 : findRow(account, asset)
  if (asset === undefined || row === 0 || f[(row + AVAILABLE) >> 1]! < units) {
    return rejectTransfer(s, at, 'insufficient_funds')
  }
  s.assets[asset]!.total -= units
  f[(row + AVAILABLE) >> 1] = f[(row + AVAILABLE) >> 1]! - units
  writeTransfer(EVENT_WITHDRAWN, account, name, scale, units)
}

function market(s: EngineState, at: number): void {
  const command = JSON.parse(nameOf(s, at)) as MarketCommand
  const known = s.marketByName.get(command.market)
  const scaleOf = (asset: string): number | undefined => s.assets[s.assetByName.get(asset) ?? -1]?.scale
  const terms = termsOf(command, scaleOf, known?.terms)
  const index = known?.index ?? s.markets.length
  const made = marketFrom(terms, index, scaleOf, known?.terms)
  const isFull = !known && (index === s.limits.markets || !hasRoots() || !hasRows(2))
  if (typeof made === 'string' || isFull) {
    const reason = typeof made === 'string' ? made : 'engine_full'
    return writeRejected(at, OP_MARKET, 0, -1, codeOf(reason), command.market, 0)
  }
  s.markets[index] = made
  s.marketByName.set(terms.market, made)
  if (!known) openMarket(s, made)
  const word = MARKETS_AT + index * MARKET_WORDS
  i[word + STATE] = marketStates.indexOf(terms.state)
  for (let tier = 0; tier < 16; tier++) {
    i[word + FEES + tier * 2] = terms.makerFeePpm
    i[word + FEES + tier * 2 + 1] = terms.takerFeePpm
  }
  f[(word + NOTIONAL_MIN) >> 1] = toUnits(parseDecimal(terms.notionalMin), terms.quoteScale)
  writeMarketEvent(index, JSON.stringify(terms))
}

function openMarket(s: EngineState, made: Market): void {
  const word = MARKETS_AT + made.index * MARKET_WORDS
  i[MARKETS] = made.index + 1
  i[word + TRIGGER_ABOVE] = TICKS_END
  i[word + TRIGGER_BELOW] = -1
  const base = registerAsset(s, made.terms.base, made.terms.baseScale)
  const quote = registerAsset(s, made.terms.quote, made.terms.quoteScale)
  i[word + ROOT] = allocateNode()
  i[word + ROOT + 1] = allocateNode()
  i[word + BASE_ASSET] = base
  i[word + QUOTE_ASSET] = quote
  i[word + FEE_BASE_ROW] = openRow(s, FEE_ACCOUNT, base)
  i[word + FEE_QUOTE_ROW] = openRow(s, FEE_ACCOUNT, quote)
  i[word + MARKET_INDEX] = made.index
  f[(word + BASE_UNIT) >> 1] = made.baseUnit
  f[(word + QUOTE_UNIT) >> 1] = made.quoteUnit
}
