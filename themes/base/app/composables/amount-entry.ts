import { addDecimals, compareDecimals, decimalsOf, subtractDecimals, toMultiple } from '@cambium/kernel/money'

/**
 * Turns what was typed or pasted into a decimal string, or null when it cannot become one. A comma is taken for the
 * decimal mark where there is only one and no point; digits finer than the step are dropped while typing.
 */
export function readEntry(typed: string, step: string): string | null {
  const bare = typed.replace(/[\s\u00a0\u202f_']/g, '')
  const commas = bare.split(',').length - 1
  const plain = bare.includes('.') || commas > 1 ? bare.replaceAll(',', '') : bare.replace(',', '.')
  if (plain === '') return ''
  const match = /^([0-9]*)(?:\.([0-9]*))?$/.exec(plain)
  if (!match) return null
  const whole = (match[1] ?? '').replace(/^0+(?=[0-9])/, '') || '0'
  const decimals = decimalsOf(step)
  if (match[2] === undefined || decimals === 0) return whole
  return `${whole}.${match[2].slice(0, decimals)}`
}

/** A half-typed entry (`12.`) as the wire wants it (`12`); empty stays empty. */
export function entryDecimal(entry: string): string {
  return entry.endsWith('.') ? entry.slice(0, -1) : entry
}

/** One step up or down from an entry, on the grid of steps and never below zero. */
export function stepEntry(entry: string, step: string, direction: 1 | -1, steps = 1): string {
  let value = toMultiple(entryDecimal(entry) || '0', step, 'down')
  for (let taken = 0; taken < steps; taken += 1) {
    value = direction > 0 ? addDecimals(value, step) : subtractDecimals(value, step)
  }
  return compareDecimals(value, '0') < 0 ? '0' : value
}
