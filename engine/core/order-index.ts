/** Finds open orders by the engine's number, and by account and client id. Open addressing; a deletion leaves no mark. */
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
  ID_INDEX,
  ID_LENGTH_SHIFT,
  ID_MASK,
  ORDER_ID,
} = layout
const { COMMAND_LENGTHS } = records

// Called from here too; see `memory.ts` for the copies.
const homeOfIdHere = homeOfId
const hashWordsHere = hashWords

/**
 * Numbers that follow one another are neighbours, so that new orders share cache lines; but only 128 of them, because a
 * deletion looks at all that follows without a gap.
 */
export function homeOfId(id: number): number {
  return (Math.imul(id >>> 7, 0x9e3779b1) << 7) | (id & 127)
}

export function findById(id: number): number {
  const mask = i[ID_MASK]!
  for (let slot = homeOfIdHere(id) & mask; ; slot = (slot + 1) & mask) {
    const order = i[ID_INDEX + slot]!
    if (order === 0 || f[(order + ORDER_ID) >> 1] === id) return order
  }
}

export function indexById(order: number): void {
  const mask = i[ID_MASK]!
  let slot = homeOfIdHere(f[(order + ORDER_ID) >> 1]!) & mask
  while (i[ID_INDEX + slot] !== 0) slot = (slot + 1) & mask
  i[ID_INDEX + slot] = order
}

export function unindexById(order: number): void {
  const mask = i[ID_MASK]!
  let hole = homeOfIdHere(f[(order + ORDER_ID) >> 1]!) & mask
  while (i[ID_INDEX + hole] !== order) hole = (hole + 1) & mask
  // Move back every later entry that may stand in the hole, so that no search ends too early.
  for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
    const next = i[ID_INDEX + slot]!
    if (next === 0) break
    const home = homeOfIdHere(f[(next + ORDER_ID) >> 1]!) & mask
    if (((slot - home) & mask) < ((slot - hole) & mask)) continue
    i[ID_INDEX + hole] = next
    hole = slot
  }
  i[ID_INDEX + hole] = 0
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
