import { createHash } from 'node:crypto'

const engineKey = /^[\x21-\x7e]{1,64}$/

/** The engine takes keys of up to 64 characters; a longer one is known there by its hash. */
export function toEngineKey(key: string): string {
  return engineKey.test(key) ? key : createHash('sha256').update(key).digest('hex')
}

/**
 * The key of one of several commands that one request makes. No key a caller may choose comes out the same, and the
 * first command has the request's own: it conflicts with whatever else was asked under that.
 */
export function partKey(key: string, part: number): string {
  return part === 0 ? toEngineKey(key) : createHash('sha256').update(`${key}\0${part}`).digest('hex')
}

/** The client order id of an order whose owner gave none: the same for every repeat of the same key. */
export function clientOrderIdFor(key: string): string {
  return `c-${createHash('sha256').update(key).digest('base64url').slice(0, 22)}`
}
