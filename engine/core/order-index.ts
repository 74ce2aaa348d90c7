/**
 * Finds open orders by the engine's number and by account and client id, in chains that are nearly all of one. The table of
 * client ids has as many places as there were ever ids at a time: a larger one would bring a line into the cache for each.
 */
import * as commandRecordModule from '../messages/command-record.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { idAt } = commandRecordModule

const { f, i } = memory
const {
  ACCOUNT,
  CLIENT_COUNT,
  CLIENT_INDEX,
  CLIENT_LINKS,
  CLIENT_MASK,
  CLIENT_PLACES,
  HASH_SEED,
  ID_BYTES,
  FLAGS,
  HAS_MORE,
  ID_CHAIN,
  ID_INDEX,
  ID_LENGTH_SHIFT,
  ID_MASK,
  ORDERS,
  ORDER_BITS,
  ORDER_ID,
} = layout
const { COMMAND_LENGTHS } = records

// Called from here too; see `memory.ts` for the copies.
const slotOfIdHere = slotOfId
const hashWordsHere = hashWords

/**
 * Where the engine's number `id` is looked up: numbers that follow one another are neighbours, so new orders share cache
 * lines that the processor has fetched ahead. Only orders that lie a table's length apart have one place.
 */
export function slotOfId(id: number): number {
  return ID_INDEX + (id & i[ID_MASK]!)
}

/** Of several orders with one place, each has here the entry of the one before it. */
const chainOf = (order: number): number => {
  return ID_CHAIN + ((order - ORDERS) >> ORDER_BITS)
}

export function findById(id: number): number {
  let entry = i[slotOfIdHere(id)]!
  for (;;) {
    const order = entry & ~HAS_MORE
    if (order === 0 || f[(order + ORDER_ID) >> 1] === id) return order
    if (!(entry & HAS_MORE)) return 0
    entry = i[chainOf(order)]!
  }
}

export function indexById(order: number): void {
  const slot = slotOfIdHere(f[(order + ORDER_ID) >> 1]!)
  const entry = i[slot]!
  if (entry === 0) i[slot] = order
  else {
    i[chainOf(order)] = entry
    i[slot] = order | HAS_MORE
  }
}

export function unindexById(order: number): void {
  const slot = slotOfIdHere(f[(order + ORDER_ID) >> 1]!)
  if (i[slot] === order) i[slot] = 0
  else unchain(order, slot)
}

const unchain = (order: number, slot: number): void => {
  let place = slot
  while ((i[place]! & ~HAS_MORE) !== order) place = chainOf(i[place]! & ~HAS_MORE)
  i[place] = i[place]! & HAS_MORE ? i[chainOf(order)]! : 0
}

export function hashWords(at: number, bytes: number, seed: number): number {
  let hash = seed ^ bytes
  const end = at + ((bytes + 3) >> 2)
  for (let word = at; word < end; word++) {
    hash = Math.imul(hash ^ i[word]!, 0x85ebca6b)
    hash ^= hash >>> 13
  }
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

const clientHash = (account: number, at: number, length: number): number => {
  return hashWordsHere(at, length, i[HASH_SEED]! ^ Math.imul(account, 0x9e3779b1))
}

/** Two words an order: the hash of its client id, and the next order of the same place. */
const linkOf = (order: number): number => {
  return CLIENT_LINKS + (((order - ORDERS) >> ORDER_BITS) << 1)
}

/** Of a table that has been doubled in part: what is not divided yet still stands in the lower half. */
const placeOf = (hash: number): number => {
  const mask = i[CLIENT_MASK]!
  const place = hash & mask
  return CLIENT_INDEX + (place < i[CLIENT_PLACES]! ? place : place & (mask >>> 1))
}

/** The open order of the command's account that has the client id the command names. */
export function findByClientId(command: number, account: number): number {
  const length = (i[command + COMMAND_LENGTHS]! >> 8) & 255
  const at = idAt(i, command)
  const hash = clientHash(account, at, length)
  for (let order = i[placeOf(hash)]!; order !== 0; order = i[linkOf(order) + 1]!) {
    if (i[linkOf(order)] === hash && hasClientId(order, account, at, length)) return order
  }
  return 0
}

const hasClientId = (order: number, account: number, at: number, length: number): boolean => {
  if (i[order + ACCOUNT] !== account || i[order + FLAGS]! >>> ID_LENGTH_SHIFT !== length) return false
  const words = (length + 3) >> 2
  let word = 0
  while (word < words && i[order + ID_BYTES + word] === i[at + word]) word++
  return word === words
}

export function indexByClientId(order: number): void {
  const hash = clientHash(i[order + ACCOUNT]!, order + ID_BYTES, i[order + FLAGS]! >>> ID_LENGTH_SHIFT)
  const place = placeOf(hash)
  i[linkOf(order)] = hash
  i[linkOf(order) + 1] = i[place]!
  i[place] = order
  const count = i[CLIENT_COUNT]! + 1
  i[CLIENT_COUNT] = count
  if (count > i[CLIENT_PLACES]!) divide()
}

/** One place more: the orders of the one that it was part of are shared between both. */
const divide = (): void => {
  const added = i[CLIENT_PLACES]!
  if (added > i[CLIENT_MASK]!) i[CLIENT_MASK] = i[CLIENT_MASK]! * 2 + 1
  i[CLIENT_PLACES] = added + 1
  const mask = i[CLIENT_MASK]!
  const from = CLIENT_INDEX + (added & (mask >>> 1))
  const to = CLIENT_INDEX + added
  let order = i[from]!
  i[from] = 0
  while (order !== 0) {
    const link = linkOf(order)
    const next = i[link + 1]!
    const place = (i[link]! & mask) === added ? to : from
    i[link + 1] = i[place]!
    i[place] = order
    order = next
  }
}

export function unindexByClientId(order: number): void {
  const link = linkOf(order)
  let place = placeOf(i[link]!)
  while (i[place] !== order) place = linkOf(i[place]!) + 1
  i[place] = i[link + 1]!
  i[CLIENT_COUNT] = i[CLIENT_COUNT]! - 1
}
