/** The rules that are a formula, each by its name, so that a test can break one of them and see that it is noticed. */
import { divideUp, greatest, least } from './decimal.ts'
import type { NaiveOrder } from './state.ts'

/** Rising orders wait for a price at or above theirs, the others for one at or below. */
export function isRising({ type, side }: Pick<NaiveOrder, 'type' | 'side'>): boolean {
  return (type === 'stop' || type === 'stopLimit') === (side === 'buy')
}

export const rules = {
  /** A fee is `ppm` of what is received, up to a whole unit of that asset. */
  fee: (received: bigint, ppm: number, unit: bigint): bigint =>
    divideUp(received * BigInt(ppm), 1_000_000n, unit),

  /** What a fee costs in the discount asset; `atRate` is the fee at the rate between the two. */
  discounted: (atRate: bigint, discountPpm: number, unit: bigint): bigint =>
    divideUp(atRate * BigInt(1_000_000 - discountPpm), 1_000_000n, unit),

  feeTier: (tierOfAccount: number): number => tierOfAccount,

  /** An order that comes to rest stands before those of worse prices only. */
  standsBefore: (side: NaiveOrder['side'], price: bigint, other: bigint): boolean =>
    side === 'buy' ? price > other : price < other,

  /** Lower, equal or no other quantity at the same price leaves an amended order where it is. */
  keepsPlace: (order: NaiveOrder, price: bigint, quantity: bigint): boolean =>
    price === order.price && quantity <= order.quantity,

  /** Where in its level the next part of an iceberg is shown. */
  nextPart: 'back' as 'back' | 'front',

  /** What an order shows after it lost a quantity in its place: the rest of its part, or when that is used up the next. */
  shownAfter: (shown: bigint, lost: bigint, nextPart: bigint): bigint =>
    lost < shown ? shown - lost : nextPart,

  isReached: (order: Pick<NaiveOrder, 'type' | 'side'>, triggerPrice: bigint, price: bigint): boolean =>
    isRising(order) ? price >= triggerPrice : price <= triggerPrice,

  /** The best price a trailing order follows: the highest for a sell, the lowest for a buy. */
  extreme: (side: NaiveOrder['side'], extreme: bigint, price: bigint): bigint =>
    side === 'sell' ? greatest(extreme, price) : least(extreme, price),

  hasFallenBack: (side: NaiveOrder['side'], extreme: bigint, bips: number, price: bigint): boolean =>
    side === 'sell'
      ? price * 10_000n <= extreme * BigInt(10_000 - bips)
      : price * 10_000n >= extreme * BigInt(10_000 + bips),

  /** The larger leg of a pair is held, once. */
  pairHold: (one: bigint, other: bigint): bigint => greatest(one, other),

  /** Whether what happens to one leg of a pair ends the other. */
  cancelsSibling: (_cause: 'trade' | 'trigger' | 'end'): boolean => true,

  isSameOwner: (account: number, group: number, otherAccount: number, otherGroup: number): boolean =>
    account === otherAccount || (group !== 0 && group === otherGroup),

  isExpired: (expiresAt: number, time: number): boolean => expiresAt <= time,

  /** Of two orders that the uncross brings together, the younger is the taker. */
  isTaker: (order: number, other: number): boolean => order > other,

  /** A limit says how many there may be. */
  isAbove: (count: number, max: number): boolean => count > max,
}

export type Rules = typeof rules
