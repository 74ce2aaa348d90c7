/** What accounts and fees are set to, where it is not the default. */
import { formatUnits } from '../messages/decimal.ts'
import type { AccountSettings, Discount, FeeTier, Guard } from './reads.ts'
import type { EngineState } from './state.ts'

function byAccount(a: { account: number }, b: { account: number }): number {
  return a.account - b.account
}

export function readAccounts(s: EngineState): AccountSettings[] {
  return [...s.accounts]
    .map(([account, settings]) => ({ account, ...settings }))
    .filter(({ feeTier, tradeGroup, discount }) => feeTier !== 0 || tradeGroup !== 0 || discount)
    .sort(byAccount)
}

export function readFeeTiers(s: EngineState): FeeTier[] {
  return [...s.feeTiers]
    .sort((a, b) => a.tier - b.tier || a.market - b.market)
    .map(({ tier, market, makerFeePpm, takerFeePpm }) => ({
      tier,
      ...(market >= 0 && { market: s.markets[market]!.terms.market }),
      makerFeePpm,
      takerFeePpm,
    }))
}

export function readDiscounts(s: EngineState): Discount[] {
  return [...s.discounts]
    .map(([feeAsset, { asset, rate, discountPpm }]) => ({
      feeAsset: s.assets[feeAsset]!.name,
      asset: s.assets[asset]!.name,
      rate: formatUnits(rate.mantissa, rate.decimals),
      discountPpm,
    }))
    .sort((a, b) => (a.feeAsset < b.feeAsset ? -1 : 1))
}

export function readGuards(s: EngineState): Guard[] {
  return [...s.guards].map(([account, session]) => ({ account, session })).sort(byAccount)
}
