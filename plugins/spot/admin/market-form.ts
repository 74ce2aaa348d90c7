import { computed, reactive, type ComputedRef } from 'vue'
import type { ParamsOf } from '@cambium/kernel/contract'
import { isPositiveDecimal, percentOfPpm } from '@cambium/kernel/money'
import { notional } from '../routes/market-rules.ts'
import { stepFault } from '../routes/market-steps.ts'
import type { createMarket, Market, MarketAsset } from '../routes/markets.ts'

export interface MarketEntries {
  baseAssetId: string
  quoteAssetId: string
  tickSize: string
  lotSize: string
  notionalMin: string
  /** In percent, as people say it: `0.1`. */
  makerFee: string
  takerFee: string
  sortOrder: number
  isHalted: boolean
}

export type MarketFault =
  | 'assetMissing'
  | 'assetsAlike'
  | 'stepMissing'
  | 'lotTooFine'
  | 'productTooFine'
  | 'notionalMalformed'
  | 'feeMalformed'

export interface MarketForm {
  readonly entries: MarketEntries
  /** Writes what is there over what was written. */
  fill(market: Market): void
  readonly faults: ComputedRef<Partial<Record<keyof MarketEntries, MarketFault>>>
  /** One tick times one lot: the smallest value that can change hands. */
  readonly smallestValue: ComputedRef<string | null>
  readonly isValid: ComputedRef<boolean>
  creation(): ParamsOf<typeof createMarket>
}

const feeMax = 100_000n

/** `0.1` percent is 1,000 millionths; null for what is no fee: finer than a millionth, or above ten percent. */
export function feePpmOf(percent: string): number | null {
  const match = /^(0|[1-9][0-9]?)(?:\.([0-9]{1,4}))?$/.exec(percent)
  if (!match) return null
  const ppm = BigInt(match[1] ?? '0') * 10_000n + BigInt((match[2] ?? '').padEnd(4, '0'))
  return ppm > feeMax ? null : Number(ppm)
}

function entriesOf(market: Market | null): MarketEntries {
  return {
    baseAssetId: market?.baseAssetId ?? '',
    quoteAssetId: market?.quoteAssetId ?? '',
    tickSize: market?.tickSize ?? '0.01',
    lotSize: market?.lotSize ?? '0.0001',
    notionalMin: market?.notionalMin ?? '5',
    makerFee: percentOfPpm(market?.makerFeePpm ?? 1000),
    takerFee: percentOfPpm(market?.takerFeePpm ?? 1000),
    sortOrder: market?.sortOrder ?? 100,
    isHalted: (market?.state ?? 'halted') !== 'trading',
  }
}

/** What the operator writes about a market, checked while it is written. */
export function useMarketForm(market: Market | null, assets: () => readonly MarketAsset[]): MarketForm {
  const entries = reactive(entriesOf(market))
  const assetOf = (id: string): MarketAsset | undefined => assets().find((asset) => asset.id === id)

  const faults = computed(() => {
    const found: Partial<Record<keyof MarketEntries, MarketFault>> = {}
    if (!isPositiveDecimal(entries.notionalMin)) found.notionalMin = 'notionalMalformed'
    if (feePpmOf(entries.makerFee) === null) found.makerFee = 'feeMalformed'
    if (feePpmOf(entries.takerFee) === null) found.takerFee = 'feeMalformed'
    const base = assetOf(entries.baseAssetId)
    const quote = assetOf(entries.quoteAssetId)
    if (!base) found.baseAssetId = 'assetMissing'
    if (!quote) found.quoteAssetId = 'assetMissing'
    if (!base || !quote) return found
    if (base.id === quote.id) found.quoteAssetId = 'assetsAlike'
    const step = stepFault(entries, base, quote)
    if (step?.fault === 'tickMissing') found.tickSize = 'stepMissing'
    if (step?.fault === 'lotMissing') found.lotSize = 'stepMissing'
    if (step?.fault === 'lotTooFine') found.lotSize = 'lotTooFine'
    if (step?.fault === 'productTooFine') found.tickSize = 'productTooFine'
    return found
  })
  const smallestValue = computed(() => {
    const { tickSize, lotSize } = entries
    return isPositiveDecimal(tickSize) && isPositiveDecimal(lotSize) ? notional(tickSize, lotSize) : null
  })

  return {
    entries,
    fill: (next) => void Object.assign(entries, entriesOf(next)),
    faults,
    smallestValue,
    isValid: computed(() => Object.keys(faults.value).length === 0),
    creation: () => ({
      baseAssetId: entries.baseAssetId,
      quoteAssetId: entries.quoteAssetId,
      tickSize: entries.tickSize,
      lotSize: entries.lotSize,
      notionalMin: entries.notionalMin,
      makerFeePpm: feePpmOf(entries.makerFee) ?? 0,
      takerFeePpm: feePpmOf(entries.takerFee) ?? 0,
      sortOrder: entries.sortOrder,
      state: entries.isHalted ? 'halted' : 'trading',
    }),
  }
}
