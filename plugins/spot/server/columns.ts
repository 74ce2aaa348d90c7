import { spotRefusals } from '../routes/refusals.ts'

/** `DECIMAL` columns come with all their zeros: `"0.500000000000000000"` is `"0.5"` on the wire. */
export function plainDecimal(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

export function timeOf(milliseconds: string | number): string {
  return new Date(Number(milliseconds)).toISOString()
}

/** Lists page backwards over a sequence; the cursor is the last one shown. */
export function readCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null
  if (!/^[0-9]{1,16}$/.test(cursor)) throw spotRefusals.cursor_malformed({ cursor })
  return cursor
}

/** Cuts a list read with one row too many into a page; that row says whether there is another. */
export function pageOfRows<T>(
  rows: readonly T[],
  limit: number,
  cursorOf: (row: T) => number,
): { items: T[]; nextCursor?: string } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return rows.length > limit && last !== undefined ? { items, nextCursor: String(cursorOf(last)) } : { items }
}
