/**
 * Finds open orders by the engine's number, in chains that are nearly all of one, and by account and client id, with open
 * addressing where a deletion leaves no mark.
 */
import * as commandRecordModule from '../messages/command-record.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { idAt } = commandRecordModule

const { f, i } = memory
const {
  ACCOUNT,
  CLIENT_INDEX,
  CLIENT_MASK,
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

/** The open order of the command's account that has the client id the command names. */
export function findByClientId(command: number, account: number): number {
  const mask = i[CLIENT_MASK]!
  const length = (i[command + COMMAND_LENGTHS]! >> 8) & 255
  const at = idAt(i, command)
  for (let slot = clientHash(account, at, length) & mask; ; slot = (slot + 1) & mask) {
    const order = i[CLIENT_INDEX + slot]!
    if (order === 0) return 0
    if (i[order + ACCOUNT] !== account || i[order + FLAGS]! >>> ID_LENGTH_SHIFT !== length) continue
    let word = 0
    const words = (length + 3) >> 2
    while (word < words && i[order + ID_BYTES + word] === i[at + word]) word++
    if (word === words) return order
  }
}

const homeOf = (order: number, mask: number): number => {
  return clientHash(i[order + ACCOUNT]!, order + ID_BYTES, i[order + FLAGS]! >>> ID_LENGTH_SHIFT) & mask
}

export function indexByClientId(order: number): void {
  const mask = i[CLIENT_MASK]!
  let slot = homeOf(order, mask)
  while (i[CLIENT_INDEX + slot] !== 0) slot = (slot + 1) & mask
  i[CLIENT_INDEX + slot] = order
}

export function unindexByClientId(order: number): void {
  const mask = i[CLIENT_MASK]!
  let hole = homeOf(order, mask)
  while (i[CLIENT_INDEX + hole] !== order) hole = (hole + 1) & mask
  for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
    const next = i[CLIENT_INDEX + slot]!
    if (next === 0) break
    const home = homeOf(next, mask)
    if (((slot - home) & mask) < ((slot - hole) & mask)) continue
    i[CLIENT_INDEX + hole] = next
    hole = slot
  }
  i[CLIENT_INDEX + hole] = 0
}
