/** Deposits, withdrawals and transfers. */
import { findRow, hasRows, openRow } from './balance.ts'
import { nameOf } from '../messages/command-record.ts'
import { toUnits } from '../messages/decimal.ts'
import { writeRejected, writeTransfer } from './event-record.ts'
import { codeOf, type Reason } from '../messages/event.ts'
import { SCALE_DEFAULT } from '../messages/market-terms.ts'
import { writeTransferred } from './setting-event.ts'
import type { EngineState } from './state.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { f, i } = memory
const { AMOUNT_END, AVAILABLE } = layout
const {
  COMMAND_ACCOUNT,
  COMMAND_DECIMALS,
  COMMAND_HEAD,
  COMMAND_SCALE,
  COMMAND_TO,
  COMMAND_VALUE,
  EVENT_DEPOSITED,
  EVENT_WITHDRAWN,
} = records

export function registerAsset(s: EngineState, name: string, scale: number): number {
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

export function deposit(s: EngineState, at: number): void {
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

export function withdraw(s: EngineState, at: number): void {
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

export function transfer(s: EngineState, at: number): void {
  const from = i[at + COMMAND_ACCOUNT]!
  const to = i[at + COMMAND_TO]!
  const name = nameOf(s, at)
  if (from === to) return rejectTransfer(s, at, 'accounts_must_be_different')
  const asset = s.assetByName.get(name)
  const scale = asset === undefined ? SCALE_DEFAULT : s.assets[asset]!.scale
  const units = unitsAt(s, at, scale)
  if (typeof units === 'string') return rejectTransfer(s, at, units)
  const row = asset === undefined ? 0 : findRow(from, asset)
  if (asset === undefined || row === 0 || f[(row + AVAILABLE) >> 1]! < units) {
    return rejectTransfer(s, at, 'insufficient_funds')
  }
  if (!hasRows(1)) return rejectTransfer(s, at, 'engine_full')
  const target = openRow(s, to, asset)
  f[(row + AVAILABLE) >> 1] = f[(row + AVAILABLE) >> 1]! - units
  f[(target + AVAILABLE) >> 1] = f[(target + AVAILABLE) >> 1]! + units
  writeTransferred(from, to, { asset: name, scale, units })
}
