import { ProblemError } from '@cambium/kernel/contract'
import type { ChartPoint, ListedTrade } from '@cambium/ui'
import type { ChartCandle } from '../../../themes/base/app/composables/chart-data.ts'
import type { DepthLevel } from '../../../themes/base/app/composables/depth-rows.ts'

/** Numbers that look like chance and are the same every time, so that a picture of the catalogue can be compared. */
export function sampleChance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

const dayMs = 86_400_000
const firstDay = Date.UTC(2026, 9, 24)

/** A walk of so many days, in whole cents. */
export function sampleDays(count: number, from: number, seed = 7): ChartPoint[] {
  const chance = sampleChance(seed)
  let cents = from * 100
  return Array.from({ length: count }, (_, index) => {
    cents = Math.max(0, Math.round(cents * (1 + (chance() - 0.46) * 0.06)))
    return {
      time: firstDay + index * dayMs,
      value: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
    }
  })
}

export function sampleCandles(count: number): ChartCandle[] {
  const chance = sampleChance(3)
  let price = 61_000
  return Array.from({ length: count }, (_, index) => {
    const open = price
    const close = Math.round(open * (1 + (chance() - 0.49) * 0.008))
    price = close
    const text = (value: number): string => `${Math.round(value)}.00`
    return {
      openTime: firstDay + index * 3_600_000,
      open: text(open),
      high: text(Math.max(open, close) * (1 + chance() * 0.002)),
      low: text(Math.min(open, close) * (1 - chance() * 0.002)),
      close: text(close),
      volume: String(Math.round(chance() * 400) + 20),
    }
  })
}

/** One side of a book around 61,000.00, best first. */
export function sampleLevels(side: 'ask' | 'bid', turn = 0): DepthLevel[] {
  const chance = sampleChance(side === 'ask' ? 11 + turn : 29 + turn)
  return Array.from({ length: 15 }, (_, index) => {
    const cents = 6_100_000 + (side === 'ask' ? 1 : -1) * (index * 25 + 10)
    const lots = Math.round(chance() * 90_000) + 100
    return [
      `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
      `${Math.floor(lots / 10_000)}.${String(lots % 10_000).padStart(4, '0')}`,
    ] as const
  })
}

export function sampleTrades(count: number): ListedTrade[] {
  const chance = sampleChance(17)
  return Array.from({ length: count }, (_, index) => ({
    tradeId: String(1_000 + index),
    price: `61${String(Math.round(chance() * 899) + 100)}.${String(Math.round(chance() * 89) + 10)}`,
    quantity: `0.${String(Math.round(chance() * 8_999) + 1_000)}`,
    takerSide: chance() > 0.5 ? ('buy' as const) : ('sell' as const),
    time: firstDay + index * 1_700,
  }))
}

/** What the platform answers where it refuses. */
export function sampleProblem(status: number, title: string, detail?: string): ProblemError {
  return new ProblemError({
    type: 'about:blank',
    title,
    status,
    ...(detail ? { detail } : {}),
    instance: '/requests/01M82QCJ9KMNXK7QVE054GEMSZ',
  })
}

export interface SampleOrder {
  readonly id: string
  readonly market: string
  readonly side: 'buy' | 'sell'
  readonly price: string
  readonly state: 'open' | 'filled' | 'failed'
}

export function sampleOrders(count: number): SampleOrder[] {
  const chance = sampleChance(5)
  const markets = ['BTC-USDT', 'ETH-USDT', 'SOL-USDT']
  const states = ['open', 'filled', 'filled', 'failed'] as const
  return Array.from({ length: count }, (_, index) => ({
    id: `order-${String(index + 1).padStart(5, '0')}`,
    market: markets[Math.floor(chance() * 3)] ?? 'BTC-USDT',
    side: chance() > 0.5 ? 'buy' : 'sell',
    price: `${Math.round(chance() * 60_000) + 100}.${String(Math.round(chance() * 89) + 10)}`,
    state: states[Math.floor(chance() * 4)] ?? 'open',
  }))
}
