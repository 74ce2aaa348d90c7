/** A duration as an operator reads it in a step list: `0.4 ms`, `38 ms`, `1.24 s`, `2 min 5 s`, `1 h 30 min`. */
export function durationText(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(2)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 3_600) return pairText(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1_440) return pairText(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return pairText(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function pairText(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
]

/** `3 minutes ago`, in the locale's words; within five seconds, its word for now. */
export function relativeTimeText(time: number, now: number, locale = 'en'): string {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const difference = time - now
  if (Math.abs(difference) < 5_000) return words.format(0, 'second')
  const [unit, length] =
    steps.find(([, size]) => Math.abs(difference) >= size) ?? (['second', 1_000] as const)
  return words.format(Math.round(difference / length), unit)
}

/** Date and time to the millisecond where `isPrecise`, in the reader's own time zone. */
export function momentText(time: number | string, locale = 'en', isPrecise = false): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(isPrecise ? { fractionalSecondDigits: 3 } : {}),
  }).format(new Date(time))
}

/** To the minute, for people: `Nov 23, 14:05`. */
export function shortMomentText(time: number | string, locale = 'en', timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(timeZone === undefined ? {} : { timeZone, timeZoneName: 'short' }),
  }).format(new Date(time))
}
