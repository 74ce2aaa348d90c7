import { figureText } from './figure-text.ts'

export type ChartStep = 'minute' | 'hour' | 'day' | 'month'

const forms: Readonly<Record<ChartStep, Intl.DateTimeFormatOptions>> = {
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  hour: { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  // Days and months are those of UTC for everybody: a reader's own zone would move them.
  day: { month: 'short', day: 'numeric', timeZone: 'UTC' },
  month: { month: 'short', year: 'numeric', timeZone: 'UTC' },
}

export function chartTimeText(time: number, step: ChartStep, locale: string): string {
  return new Intl.DateTimeFormat(locale, forms[step]).format(new Date(time))
}

export interface FigureUnit {
  readonly decimals?: number | undefined
  readonly assetId?: string | undefined
  /** Behind the figure where it is no asset: `ms`, `%`. */
  readonly unit?: string | undefined
}

/** A value as it is read out and stands in the table. */
export function chartFigure(
  value: string | null,
  { decimals, assetId, unit }: FigureUnit,
  locale: string,
): string {
  if (value === null) return '–'
  const behind = assetId ?? unit
  const figure = figureText(value, { locale, decimals })
  return behind === undefined ? figure : `${figure}\u00a0${behind}`
}

/** A round number on an axis: `1.2M` rather than seven digits. */
export function tickText(text: string, locale: string): string {
  const value = Number(text)
  if (Math.abs(value) < 10_000) return figureText(text.replace(/\.0+$/, ''), { locale })
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 2 }).format(value)
}
