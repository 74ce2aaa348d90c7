/** Events about accounts, fees and time. */
import { finish, writeBare, writeLatin } from './event-record.ts'
import type { AccountRecord, FeeTierTerms } from './state.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { f, i } = memory
const {
  EVENT_ACCOUNT_MAKER,
  EVENT_ACCOUNT_SET,
  EVENT_CLOCK,
  EVENT_DISCOUNT,
  EVENT_FEE_TIER,
  EVENT_GUARDED,
  EVENT_LEAVES,
  EVENT_LENGTHS,
  EVENT_ORDER,
  EVENT_QUANTITY,
  EVENT_TEXTS,
  EVENT_TRANSFERRED,
  FLAG_DISCOUNT_ON,
} = records

export function writeTransferred(
  from: number,
  to: number,
  { asset, scale, units }: { asset: string; scale: number; units: number },
): void {
  const at = writeBare(from, -1, scale)
  i[at + EVENT_ACCOUNT_MAKER] = to
  i[at + EVENT_LENGTHS] = asset.length
  f[(at + EVENT_QUANTITY) >> 1] = units
  finish(at, writeLatin(at + EVENT_TEXTS, asset), EVENT_TRANSFERRED << 16)
}

export function writeAccount(account: number, { feeTier, tradeGroup, discount }: AccountRecord): void {
  const at = writeBare(account, -1, feeTier)
  i[at + EVENT_ACCOUNT_MAKER] = tradeGroup
  const flags = discount ? FLAG_DISCOUNT_ON : 0
  finish(at, at + EVENT_TEXTS, (EVENT_ACCOUNT_SET << 16) | (flags << 24))
}

export function writeFeeTier({ tier, market, makerFeePpm, takerFeePpm }: FeeTierTerms): void {
  const at = writeBare(0, market, 0)
  f[(at + EVENT_QUANTITY) >> 1] = tier
  f[(at + EVENT_ORDER) >> 1] = makerFeePpm
  f[(at + EVENT_LEAVES) >> 1] = takerFeePpm
  finish(at, at + EVENT_TEXTS, EVENT_FEE_TIER << 16)
}

export function writeDiscount(
  feeAsset: string,
  asset: string,
  { mantissa, decimals, ppm }: { mantissa: number; decimals: number; ppm: number },
): void {
  const at = writeBare(0, -1, decimals)
  i[at + EVENT_LENGTHS] = feeAsset.length | (asset.length << 8)
  f[(at + EVENT_QUANTITY) >> 1] = mantissa
  f[(at + EVENT_ORDER) >> 1] = ppm
  finish(at, writeLatin(writeLatin(at + EVENT_TEXTS, feeAsset), asset), EVENT_DISCOUNT << 16)
}

export function writeGuarded(account: number, session: number): void {
  const at = writeBare(account, -1, 0)
  f[(at + EVENT_QUANTITY) >> 1] = session
  finish(at, at + EVENT_TEXTS, EVENT_GUARDED << 16)
}

export function writeClock(expired: number, left: number): void {
  const at = writeBare(0, -1, 0)
  f[(at + EVENT_QUANTITY) >> 1] = expired
  f[(at + EVENT_LEAVES) >> 1] = left
  finish(at, at + EVENT_TEXTS, EVENT_CLOCK << 16)
}
