const units = ['kB', 'MB', 'GB', 'TB'] as const

/** `840 B`, `12.4 kB`, `3.1 MB`: thousands, one decimal, as operators read sizes. */
export function bytesText(bytes: number, locale = 'en'): string {
  if (bytes < 1_000) return `${bytes} B`
  let value = bytes / 1_000
  let unit = 0
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000
    unit += 1
  }
  const digits = new Intl.NumberFormat(locale, { maximumFractionDigits: value < 100 ? 1 : 0 })
  return `${digits.format(value)} ${units[unit]}`
}
