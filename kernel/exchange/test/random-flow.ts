import type { PlaceOrder } from '../exchange.ts'

/** Numbers from a seed, the same on every run. */
export function createRandom(seed: number): (max: number) => number {
  let state = seed >>> 0
  return (max) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * max)
  }
}

/** Orders of every type around a price of 100, many of which cross. */
export function randomOrder(random: (max: number) => number, userId: string, key: string): PlaceOrder {
  const side = random(2) === 0 ? 'buy' : 'sell'
  const quantity = `0.0${1 + random(9)}`
  const kind = random(10)
  const order = { userId, marketId: 'BTC-USDT', key, side, quantity } as const
  if (kind === 0) return { ...order, type: 'market' }
  const drift = side === 'buy' ? random(6) - 4 : 4 - random(6)
  const limit = { ...order, type: 'limit', price: `${100 + drift}.${random(3)}` } as const
  if (kind === 1) return { ...limit, timeInForce: 'IOC' }
  if (kind === 2) return { ...limit, timeInForce: 'FOK' }
  return limit
}
