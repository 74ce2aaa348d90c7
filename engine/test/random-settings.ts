/** Random money, settings of accounts and fees, and what may become of a market. */
import type { Command, MarketCommand } from '../messages/command.ts'
import { assets, preventions, type Dice, type Place } from './random-dice.ts'

const filtersOff = {
  priceMin: '0',
  priceMax: '0',
  quantityMin: '0',
  quantityMax: '0',
  notionalMin: '0',
  notionalMax: '0',
  marketQuantityMin: '0',
  marketQuantityMax: '0',
  bandUpPpm: 0,
  bandDownPpm: 0,
  positionMax: '0',
  ordersMax: 0,
  triggerOrdersMax: 0,
  icebergOrdersMax: 0,
  icebergPartsMax: 0,
  trailingBipsMin: 0,
  trailingBipsMax: 0,
  selfTradePreventions: preventions,
}

export function randomMoney(dice: Dice, account: number): Command {
  const amount = dice.pick(['0.00000001', '10', '1000.5', '0', '12.3456789', '200'])
  if (dice.once(6)) {
    const scale = dice.pick([0, 2, 6, 8])
    return { op: 'deposit', account, asset: dice.pick(['BTC', 'SOL', 'BNB']), amount: '7.5', scale }
  }
  return {
    op: dice.pick(['deposit', 'deposit', 'withdraw'] as const),
    account,
    asset: dice.pick(assets),
    amount,
  }
}

export function randomSetting(dice: Dice, account: number, { market }: Place): Command {
  switch (dice.below(4)) {
    case 0:
      return {
        op: 'account',
        account,
        ...(dice.once(2) && { feeTier: dice.below(3) }),
        ...(dice.once(2) && { tradeGroup: dice.below(3) }),
        ...(dice.once(2) && { discount: dice.once(2) }),
      }
    case 1: {
      const rates = { makerFeePpm: dice.pick([0, 77, 5_001]), takerFeePpm: dice.pick([0, 99, 12_345]) }
      const named = dice.once(2) && { market: dice.once(20) ? 'NO-SUCH' : market }
      return { op: 'feeTier', tier: 1 + dice.below(2), ...named, ...rates }
    }
    case 2: {
      const rate = dice.pick(['0', '0.5', '3.7', '0.0031', '0.00000017'])
      const discountPpm = dice.pick([0, 250_000, 999_999])
      const asset = dice.once(3) ? dice.pick([...assets, 'DOGE']) : 'BNB'
      return { op: 'discount', feeAsset: dice.pick(assets), asset, rate, discountPpm }
    }
    default:
      return { op: 'guard', account, session: dice.below(4) }
  }
}

export function openingOf(
  dice: Dice,
  { tick, tickDecimals, lot, lotDecimals, lots: _lots, ...terms }: Place,
): MarketCommand {
  const sizes = { tickSize: tick.toFixed(tickDecimals), lotSize: lot.toFixed(lotDecimals) }
  const fees = { makerFeePpm: dice.pick([0, 513, 999_999]), takerFeePpm: dice.pick([0, 1037, 1]) }
  return { op: 'market', ...terms, ...sizes, ...fees }
}

/** The same market with other fees, another state or other filters. */
export function randomAltering(dice: Dice, place: Place): Command {
  const price = (ticks: number): string => (ticks * place.tick).toFixed(place.tickDecimals)
  const lots = (count: number): string => (count * place.lot).toFixed(place.lotDecimals)
  const state = dice.once(12)
    ? dice.pick(['cancelOnly', 'halted'] as const)
    : dice.once(4)
      ? 'preOpen'
      : 'trading'
  const filters = dice.pick<object>([
    { priceMin: dice.pick(['0', price(102)]), priceMax: dice.pick(['0', price(110)]) },
    { quantityMin: dice.pick(['0', lots(3)]), quantityMax: dice.pick(['0', lots(50)]) },
    { marketQuantityMin: dice.pick(['0', lots(2)]), marketQuantityMax: dice.pick(['0', lots(30)]) },
    { notionalMin: dice.pick(['0', '0.5']), notionalMax: dice.pick(['0', '40']) },
    { bandUpPpm: dice.pick([0, 20_000]), bandDownPpm: dice.pick([0, 30_000]) },
    {
      ordersMax: dice.pick([0, 6]),
      triggerOrdersMax: dice.pick([0, 2]),
      icebergOrdersMax: dice.pick([0, 1]),
    },
    { icebergPartsMax: dice.pick([0, 5]), positionMax: dice.pick(['0', '3100']) },
    { trailingBipsMin: dice.pick([0, 100]), trailingBipsMax: dice.pick([0, 3_000]) },
    { selfTradePrevention: dice.pick(preventions) },
    { selfTradePreventions: dice.once(2) ? preventions : preventions.slice(0, 3) },
  ])
  const free = { ...filtersOff, ...(dice.once(3) && filters) }
  const odd = dice.pick<object>([
    { tickSize: '0' },
    { tickSize: '0.3' },
    { tickSize: '1000001' },
    { lotSize: '0.0000000001' },
    { base: place.quote },
    { baseScale: 3 },
    { notionalMin: '0.0000000001' },
    { priceMin: '0.00001' },
    { quantityMax: '0.00001' },
    { positionMax: '90071992547409930' },
    { priceMax: '2000000000' },
  ])
  return { ...openingOf(dice, place), state, ...free, ...(dice.once(15) && odd) }
}
