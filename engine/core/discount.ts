/** Fees paid in another asset, for less. */
import { hasRows, openRow, FEE_ACCOUNT } from './balance.ts'
import { idAt, nameOf, readText } from '../messages/command-record.ts'
import { writeRejected } from './event-record.ts'
import { codeOf, type Reason } from '../messages/event.ts'
import { writeDiscount } from './setting-event.ts'
import type { DiscountTerms, EngineState } from './state.ts'
import { AMOUNT_END } from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { b, f, i } = memory
const { COMMAND_DECIMALS, COMMAND_LENGTHS, COMMAND_PRICE, COMMAND_VALUE, OP_DISCOUNT } = records

const MILLION = 1_000_000

function refusalOf(s: EngineState, feeAsset: string, asset: string, mantissa: number): Reason | undefined {
  if (feeAsset === asset) return 'assets_must_be_different'
  if (!s.assetByName.has(feeAsset) || !s.assetByName.has(asset)) return 'asset_not_found'
  if (mantissa >= AMOUNT_END) return 'overflow'
  return hasRows(1) ? undefined : 'engine_full'
}

export function setDiscount(s: EngineState, at: number): void {
  const length = (i[at + COMMAND_LENGTHS]! >> 8) & 255
  const feeAsset = readText(b, idAt(i, at) * 4, length)
  const asset = nameOf(s, at)
  const mantissa = f[(at + COMMAND_VALUE) >> 1]!
  const reason = refusalOf(s, feeAsset, asset, mantissa)
  if (reason) return writeRejected(at, OP_DISCOUNT, 0, -1, codeOf(reason), '', 0)
  const decimals = i[at + COMMAND_DECIMALS]!
  const discountPpm = i[at + COMMAND_PRICE]!
  const payer = s.assetByName.get(asset)!
  const key = s.assetByName.get(feeAsset)!
  const feeRow = openRow(s, FEE_ACCOUNT, payer)
  if (mantissa === 0) s.discounts.delete(key)
  else
    s.discounts.set(key, termsOf(s, key, { asset: payer, feeRow, rate: { mantissa, decimals }, discountPpm }))
  writeDiscount(feeAsset, asset, { mantissa, decimals, ppm: discountPpm })
}

type Rate = Omit<DiscountTerms, 'numerator' | 'denominator'>

/** With the rate as a fraction of units, so that a fee is one product and one quotient. */
export function termsOf(s: EngineState, feeAsset: number, terms: Rate): DiscountTerms {
  const { mantissa, decimals } = terms.rate
  const numerator =
    BigInt(mantissa) * BigInt(MILLION - terms.discountPpm) * 10n ** BigInt(s.assets[terms.asset]!.scale)
  const denominator = 10n ** BigInt(s.assets[feeAsset]!.scale + decimals) * BigInt(MILLION)
  const divisor = greatestDivisor(numerator, denominator)
  return { ...terms, numerator: numerator / divisor, denominator: denominator / divisor }
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

/** What a fee costs in the discount asset, rounded up to its unit. */
export function discounted({ numerator, denominator }: DiscountTerms, fee: number): number {
  const cost = Number((BigInt(fee) * numerator + denominator - 1n) / denominator)
  return cost < AMOUNT_END ? cost : Infinity
}
