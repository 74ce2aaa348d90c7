/** Settings: of accounts, of fee tiers, of the assets fees may be paid in, and who watches over an account's orders. */
import type { AccountCommand, DiscountCommand, FeeTierCommand, GuardCommand } from '../messages/command.ts'
import type { FeeTier } from '../core/reads.ts'
import { exact, show } from './decimal.ts'
import { reject } from './refusal.ts'
import { balanceOf, say, settingsOf, type NaiveState } from './state.ts'

export function setAccount(s: NaiveState, command: AccountCommand): void {
  const { account } = command
  const was = settingsOf(s, account)
  const settings = {
    account,
    feeTier: command.feeTier ?? was.feeTier,
    tradeGroup: command.tradeGroup ?? was.tradeGroup,
    discount: command.discount ?? was.discount,
  }
  s.accounts.set(account, settings)
  say(s, { event: 'account', ...settings })
}

export function setFeeTier(s: NaiveState, command: FeeTierCommand): void {
  const { tier, market, makerFeePpm, takerFeePpm } = command
  if (market !== undefined && !s.markets.has(market)) return reject(s, command, 'market_not_found')
  const terms = { tier, ...(market !== undefined && { market }), makerFeePpm, takerFeePpm }
  const tiers = s.feeTiers.get(tier) ?? new Map<string, FeeTier>()
  s.feeTiers.set(tier, tiers.set(market ?? '', terms))
  say(s, { event: 'feeTier', ...terms })
}

export function setDiscount(s: NaiveState, command: DiscountCommand): void {
  const { feeAsset, asset, discountPpm } = command
  const rate = show(exact(command.rate))
  if (feeAsset === asset) return reject(s, command, 'assets_must_be_different')
  if (!s.assets.has(feeAsset) || !s.assets.has(asset)) return reject(s, command, 'asset_not_found')
  if (rate === '0') s.discounts.delete(feeAsset)
  else s.discounts.set(feeAsset, { feeAsset, asset, rate, discountPpm })
  balanceOf(s, 0, asset)
  say(s, { event: 'discount', feeAsset, asset, rate, discountPpm })
}

export function setGuard(s: NaiveState, { account, session }: GuardCommand): void {
  if (session === 0) s.guards.delete(account)
  else s.guards.set(account, session)
  say(s, { event: 'guarded', account, session })
}
