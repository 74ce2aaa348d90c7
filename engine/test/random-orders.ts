/** Random orders and lists: prices close together, some of them off the grid, every kind with every other. */
import type { LimitTerms, PlaceListCommand, PlaceTerms, Side } from '../messages/command.ts'
import { preventions, type Dice, type Place } from './random-dice.ts'

/** Where an index by 32, or by its square, goes on to its next part; the last is the highest price there is. */
const farTicks = [1, 31, 32, 33, 1023, 1024, 1025, 32_768, 2 ** 20 + 1, 2 ** 25, 2 ** 30 - 1]

export class OrderDice {
  readonly #dice: Dice
  readonly #clock: { readonly time: number }
  readonly #prices: number
  #count = 0

  /** GTD orders expire soon after the clock's time. */
  constructor(dice: Dice, clock: { readonly time: number }) {
    this.#dice = dice
    this.#clock = clock
    this.#prices = dice.pick([4, 8, 14, 60])
  }

  /** Mostly a new one. */
  id(): string {
    return `c${this.#dice.once(20) ? this.#dice.below(this.#count + 1) : this.#count++}`
  }

  #price(place: Place): string {
    const dice = this.#dice
    if (dice.once(80)) return dice.pick(['0', '0.7', '700.01', '2000000000'])
    const ticks = dice.once(30) ? dice.pick(farTicks) : 100 + dice.below(this.#prices)
    const off = dice.once(100) ? (place.tickDecimals > 0 ? '01' : '.01') : ''
    return `${(ticks * place.tick).toFixed(place.tickDecimals)}${off}`
  }

  #quantity(place: Place, lotsMax = 60): string {
    if (this.#dice.once(200))
      return this.#dice.pick(['0', '9007199254740993', '90071992547.5', '150000000000'])
    const lots = (place.lots ?? 1) * (1 + this.#dice.below(lotsMax))
    const off = this.#dice.once(80) ? (place.lotDecimals ? '1' : '.1') : ''
    return `${(lots * place.lot).toFixed(place.lotDecimals)}${off}`
  }

  #quoteQuantity({ lots }: Place): string {
    if (this.#dice.once(40)) return this.#dice.pick(['0', '0.0000001', '90071992547409930'])
    return this.#dice.pick(
      lots ? ['1.5', '29000000000000', '80000000000000.1'] : ['5', '30.25', '0.9', '200'],
    )
  }

  order(place: Place, side: Side = this.#dice.pick(['buy', 'sell'])): PlaceTerms {
    const dice = this.#dice
    const mode = dice.once(3) && { selfTradePrevention: dice.pick(preventions) }
    const named = { id: this.id(), side, ...mode }
    switch (dice.below(12)) {
      case 0:
        return { ...named, type: 'market', quantity: this.#quantity(place) }
      case 1:
        return { ...named, type: 'market', quoteQuantity: this.#quoteQuantity(place) }
      case 2:
        return this.#stop(place, named)
      case 3:
        return this.#stopLimit(place, named)
      default:
        return this.#limit(place, named)
    }
  }

  #resting(place: Place): Pick<LimitTerms, 'price' | 'timeInForce' | 'expiresAt' | 'displayQuantity'> {
    const dice = this.#dice
    const kind = dice.below(10)
    const shown = dice.once(5) && { displayQuantity: this.#quantity(place, 8) }
    const price = this.#price(place)
    if (kind === 0) return { price, timeInForce: 'IOC', ...(dice.once(9) && shown) }
    if (kind === 1) return { price, timeInForce: 'FOK', ...(dice.once(9) && shown) }
    if (kind > 3) return { price, timeInForce: 'GTC', ...shown }
    const expiresAt = this.#clock.time + dice.below(60) - 1
    return { price, timeInForce: 'GTD', expiresAt, ...shown }
  }

  #limit(place: Place, named: { id: string; side: Side }): PlaceTerms {
    const post = this.#dice.once(7) && { postOnly: true }
    const any = this.#dice.once(9) && { anyNotional: true }
    const quantity = this.#quantity(place)
    return { ...named, type: 'limit', ...this.#resting(place), quantity, ...post, ...any }
  }

  #triggered(place: Place): { triggerPrice?: string; trailingBips?: number } {
    const dice = this.#dice
    const trailingBips = dice.pick([50, 200, 400, 2_500, 10_000])
    if (dice.once(3))
      return dice.once(2) ? { trailingBips } : { trailingBips, triggerPrice: this.#price(place) }
    return { triggerPrice: this.#price(place) }
  }

  #stop(place: Place, named: { id: string; side: Side }): PlaceTerms {
    const type = this.#dice.pick(['stop', 'takeProfit'] as const)
    return { ...named, type, quantity: this.#quantity(place), ...this.#triggered(place) }
  }

  #stopLimit(place: Place, named: { id: string; side: Side }): PlaceTerms {
    const type = this.#dice.pick(['stopLimit', 'takeProfitLimit'] as const)
    const quantity = this.#quantity(place)
    return { ...named, type, quantity, ...this.#triggered(place), ...this.#resting(place) }
  }

  list(of: { market: string; account: number }, place: Place): PlaceListCommand {
    const dice = this.#dice
    const id = `l${dice.below(6)}`
    const kind = dice.pick(['oco', 'oto', 'otoco'] as const)
    const working = this.#working(place)
    if (dice.once(25)) {
      return { op: 'placeList', ...of, id, kind, orders: [this.order(place), this.order(place)] }
    }
    if (kind === 'oco') return { op: 'placeList', ...of, id, kind, orders: this.#pair(place) }
    const rest = kind === 'oto' ? [this.order(place)] : this.#pair(place)
    return { op: 'placeList', ...of, id, kind, orders: [working, ...rest] }
  }

  #working(place: Place): PlaceTerms {
    const dice = this.#dice
    const named = { id: this.id(), side: dice.pick(['buy', 'sell'] as const) }
    const until = dice.once(4) && {
      timeInForce: 'GTD' as const,
      expiresAt: this.#clock.time + 1 + dice.below(60),
    }
    const limit = {
      ...named,
      type: 'limit',
      price: this.#price(place),
      quantity: this.#quantity(place),
    } as const
    return { ...limit, timeInForce: 'GTC', ...until, ...(dice.once(6) && { postOnly: true }) }
  }

  /** A limit or take-profit on the side that profits of the middle, a stop on the other. */
  #pair(place: Place): PlaceTerms[] {
    const dice = this.#dice
    const side = dice.pick(['buy', 'sell'] as const)
    const quantity = this.#quantity(place)
    const away = (sign: number): string => {
      const ticks = 100 + (this.#prices >> 1) + sign * dice.below((this.#prices >> 1) + 2)
      return (ticks * place.tick).toFixed(place.tickDecimals)
    }
    const sign = side === 'sell' ? 1 : -1
    const first = { id: this.id(), side, quantity }
    const second = { id: this.id(), side, quantity: dice.once(30) ? this.#quantity(place) : quantity }
    const trailed = dice.once(5) && { trailingBips: 200 }
    const loss: PlaceTerms = dice.once(2)
      ? { ...second, type: 'stop', triggerPrice: away(-sign), ...trailed }
      : { ...second, type: 'stopLimit', triggerPrice: away(-sign), ...this.#resting(place), ...trailed }
    if (dice.below(3) > 0) {
      return [
        { ...first, type: 'limit', price: away(sign), timeInForce: dice.once(30) ? 'IOC' : 'GTC' },
        loss,
      ]
    }
    if (dice.once(2)) return [{ ...first, type: 'takeProfit', triggerPrice: away(sign) }, loss]
    return [{ ...first, type: 'takeProfitLimit', triggerPrice: away(sign), ...this.#resting(place) }, loss]
  }

  amendment(place: Place): { price?: string; quantity?: string } {
    const kind = this.#dice.below(3)
    return {
      ...(kind !== 0 && { quantity: this.#quantity(place) }),
      ...(kind !== 1 && { price: this.#price(place) }),
    }
  }
}
