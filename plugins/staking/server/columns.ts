import { amount, formatAmount, type Amount } from '@cambium/kernel/money'
import type { PluginKernel } from '@cambium/kernel'
import { stakingRefusals } from '../routes/refusals.ts'
import type { TierRate } from '../routes/reward-rules.ts'

export type Database = PluginKernel['database']
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

/** `DECIMAL` columns arrive as text, smallest units in them. */
export function units(text: string): Amount {
  return amount(BigInt(text))
}

export function unitsOrNull(text: string | null): Amount | null {
  return text === null ? null : units(text)
}

/** `BIGINT` columns arrive as text or number; milliseconds fit either way. */
export function msOf(column: string | number): number {
  return typeof column === 'number' ? column : Number.parseInt(column, 10)
}

export function msOrNull(column: string | number | null): number | null {
  return column === null ? null : msOf(column)
}

export function timeOf(ms: number): string {
  return new Date(ms).toISOString()
}

export function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : timeOf(ms)
}

export function decimalOrNull(value: Amount | null, scale: number): string | null {
  return value === null ? null : formatAmount(value, scale)
}

export function writeTiers(tiers: readonly TierRate[]): string {
  return JSON.stringify(tiers.map(({ from, aprPpm }) => [from.toString(), aprPpm]))
}

export function parseTiers(column: string): TierRate[] {
  const stored = JSON.parse(column) as [string, number][]
  return stored.map(([from, aprPpm]) => ({ from: units(from), aprPpm }))
}

/** Lists page backwards over a number; the cursor is the last one shown. */
export function readCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null
  if (!/^[0-9]{1,16}$/.test(cursor)) throw stakingRefusals.cursor_malformed({ cursor })
  return cursor
}

/** Cuts a list read with one row too many into a page; that row says whether there is another. */
export function pageOfRows<T>(
  rows: readonly T[],
  limit: number,
  cursorOf: (row: T) => string,
): { items: T[]; nextCursor?: string } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return rows.length > limit && last !== undefined ? { items, nextCursor: cursorOf(last) } : { items }
}
