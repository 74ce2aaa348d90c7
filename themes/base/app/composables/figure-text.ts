import { fixDecimals } from '@cambium/kernel/money'

/** A decimal string taken apart for a figure whose width does not depend on its value. */
export interface FigureParts {
  readonly sign: '' | '+' | '−'
  /** Whole units in groups, as the locale writes them. */
  readonly whole: string
  /** Empty when there is no fraction. */
  readonly decimalMark: string
  /** The decimals up to the last one that is not zero. */
  readonly fraction: string
  /** Trailing zeros: shown, but dimmed. */
  readonly zeros: string
}

export interface FigureOptions {
  readonly locale?: string
  /** Exactly so many decimals; without it, those the text has. */
  readonly decimals?: number | undefined
  /** A plus for what is above zero. */
  readonly isSigned?: boolean | undefined
}

interface Locale {
  readonly whole: Intl.NumberFormat
  readonly decimalMark: string
}

const locales = new Map<string, Locale>()

// Making an Intl formatter costs a thousand times what using it does, and a book formats dozens of rows a frame.
function localeOf(name: string): Locale {
  const known = locales.get(name)
  if (known) return known
  const mark = new Intl.NumberFormat(name).formatToParts(1.5).find((part) => part.type === 'decimal')
  const made = { whole: new Intl.NumberFormat(name), decimalMark: mark?.value ?? '.' }
  locales.set(name, made)
  return made
}

export function figureParts(text: string, options: FigureOptions = {}): FigureParts {
  const { decimals, isSigned = false } = options
  const locale = localeOf(options.locale ?? 'en')
  const isNegative = text.startsWith('-')
  const bare = isNegative ? text.slice(1) : text
  const fixed = decimals === undefined ? bare : fixDecimals(bare, decimals)
  const [whole = '0', digits = ''] = fixed.split('.')
  const fraction = digits.replace(/0+$/, '')
  // A figure cut to zero has lost its sign with its last digit.
  const isZero = !/[1-9]/.test(fixed)
  return {
    sign: isZero ? '' : isNegative ? '−' : isSigned ? '+' : '',
    // Some locales group with a full space; the narrow one keeps the figure in one piece.
    whole: locale.whole.format(BigInt(whole)).replace(/[\s\u00a0\u2009]/g, '\u202f'),
    decimalMark: digits === '' ? '' : locale.decimalMark,
    fraction,
    zeros: digits.slice(fraction.length),
  }
}

/** The figure in one string, for titles, labels and screen readers. */
export function figureText(text: string, options: FigureOptions = {}): string {
  const { sign, whole, decimalMark, fraction, zeros } = figureParts(text, options)
  return sign + whole + decimalMark + fraction + zeros
}
