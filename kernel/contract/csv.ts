/** What spreadsheets would take for a formula; a plain number may begin with its sign. */
const formula = /^[=+\-@\t\r]/
const plainNumber = /^-?\d+(\.\d+)?$/

function cell(value: unknown): string {
  const written =
    typeof value === 'string' ? value : value === null || value === undefined ? '' : textOf(value)
  const safe = formula.test(written) && !plainNumber.test(written) ? `'${written}` : written
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function textOf(value: unknown): string {
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return value.join(' ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value as number)
}

/** One line of a CSV file (RFC 4180). What a spreadsheet would run is written as text. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(cell).join(',')}\r\n`
}
