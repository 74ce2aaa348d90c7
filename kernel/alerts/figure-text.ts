import type { Indicator } from '../metrics/index.ts'

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

function bytes(value: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)))
  return `${number(value / 1_000 ** power)} ${units[power] as string}`
}

function number(value: number): string {
  return new Intl.NumberFormat('en', { maximumFractionDigits: 2 }).format(value)
}

/** A figure as a letter has it, with its unit. */
export function figureText(value: number, unit: Indicator['unit'] = 'count'): string {
  switch (unit) {
    case 'ms':
      return `${number(value)} ms`
    case 'ratio':
      return `${number(value * 100)} %`
    case 'bytes':
      return bytes(value)
    case 'perSecond':
      return `${number(value)} / s`
    case 'seconds':
      return `${number(value)} s`
    case 'count':
      return number(value)
  }
}
