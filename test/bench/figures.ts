import { cpus } from 'node:os'

/** The value below which `share` of all lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

export function rounded(value: number, digits = 0): number {
  return Math.round(value * 10 ** digits) / 10 ** digits
}

/** What any figure depends on. */
export const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`

/** What a stranger may come to first. */
export const publicPages = [
  '/',
  '/assets',
  '/assets/BTC',
  '/fees',
  '/status',
  '/markets',
  '/trade/BTC-USDT',
  '/earn',
  '/login',
  '/register',
] as const
