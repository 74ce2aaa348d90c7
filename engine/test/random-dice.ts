/** What random streams are drawn from: a seeded dice, and the markets and assets they are about. */
import type { SelfTradePrevention } from '../messages/command.ts'

/** Numbers from a seed (mulberry32). */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0
  }
}

export interface Place {
  readonly market: string
  readonly base: string
  readonly quote: string
  readonly tick: number
  readonly tickDecimals: number
  readonly lot: number
  readonly lotDecimals: number
  /** Quantities are multiples of so many lots. */
  readonly lots?: number
  readonly baseScale?: number
  readonly quoteScale?: number
}

/**
 * Three markets over four assets, with sizes that are no powers of ten; one with amounts near the largest there are; and
 * the last, which opens late or never.
 */
export const places: readonly Place[] = [
  {
    market: 'BTC-USDT',
    base: 'BTC',
    quote: 'USDT',
    tick: 0.25,
    tickDecimals: 2,
    lot: 0.003,
    lotDecimals: 3,
    quoteScale: 6,
  },
  {
    market: 'ETH-BTC',
    base: 'ETH',
    quote: 'BTC',
    tick: 0.0007,
    tickDecimals: 4,
    lot: 0.01,
    lotDecimals: 2,
  },
  {
    market: 'BNB-USDT',
    base: 'BNB',
    quote: 'USDT',
    tick: 0.5,
    tickDecimals: 1,
    lot: 1,
    lotDecimals: 0,
    baseScale: 2,
    quoteScale: 6,
  },
  {
    market: 'BIG-COIN',
    base: 'BIG',
    quote: 'COIN',
    tick: 1,
    tickDecimals: 0,
    lots: 20_000,
    lot: 1_000_000,
    lotDecimals: 0,
    baseScale: 2,
    quoteScale: 1,
  },
  {
    market: 'ETH-USDT',
    base: 'ETH',
    quote: 'USDT',
    tick: 0.1,
    tickDecimals: 1,
    lot: 0.02,
    lotDecimals: 2,
  },
]
/** With what a rich account begins. */
export const riches = { BTC: 3e3, USDT: 3e3, ETH: 3e3, BNB: 3e3, BIG: 2e13, COIN: 2e14 }
export const assets = Object.keys(riches)
export const preventions: readonly SelfTradePrevention[] = [
  ...(['none', 'expireTaker', 'expireMaker', 'expireBoth', 'decrement'] as const),
]
