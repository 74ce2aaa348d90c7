import { Array, Enum, Integer, Object, Optional, String, type TSchema } from 'typebox'

/** A quantity of money or of an asset, as a plain decimal string in whole units: `"0.015"`. */
export const decimal = String({
  pattern: '^(0|[1-9][0-9]*)(\\.[0-9]{1,24})?$',
  maxLength: 60,
  format: 'decimal',
})

/** Like `decimal`, but may be negative: a change or a difference. */
export const signedDecimal = String({
  pattern: '^-?(0|[1-9][0-9]*)(\\.[0-9]{1,24})?$',
  maxLength: 61,
  format: 'decimal',
})

/** An identifier given out by the platform. Opaque to callers. */
export const id = String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9._:/-]+$' })

/** A moment, RFC 3339 in UTC with milliseconds. */
export const timestamp = String({ format: 'date-time' })

export const side = Enum(['buy', 'sell'])

/** The two parameters of every list that pages: `limit` and the opaque `cursor` of the page before. */
export const page = {
  limit: Optional(Integer({ minimum: 1, maximum: 500 })),
  cursor: Optional(String({ maxLength: 200 })),
}

/** A page of a list, newest first unless the route says otherwise; `nextCursor` is absent on the last page. */
export function pageOf<T extends TSchema>(item: T) {
  return Object({ items: Array(item), nextCursor: Optional(String()) })
}
