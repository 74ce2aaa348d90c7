/** Finds open orders by the engine's number, and by account and client id. Open addressing; a deletion leaves no mark. */
import { idAt } from '../messages/command-record.ts'
import * as layout from './layout.ts'
import * as records from '../messages/records.ts'

const { ACCOUNT, CLIENT_INDEX, CLIENT_MASK, HASH_SEED, ID_BYTES, ID_INDEX, ID_LENGTH, ID_MASK, ORDER_ID } =
  layout
const { COMMAND_LENGTHS } = records

export function findById(i: Int32Array, f: Float64Array, id: number): number {
  const base = i[ID_INDEX]!
  const mask = i[ID_MASK]!
  for (let slot = id & mask; ; slot = (slot + 1) & mask) {
    const order = i[base + slot]!
    if (order === 0 || f[(order + ORDER_ID) >> 1] === id) return order
  }
}

export function indexById(i: Int32Array, f: Float64Array, order: number): void {
  const base = i[ID_INDEX]!
  const mask = i[ID_MASK]!
  let slot = f[(order + ORDER_ID) >> 1]! & mask
  while (i[base + slot] !== 0) slot = (slot + 1) & mask
  i[base + slot] = order
}

export function unindexById(i: Int32Array, f: Float64Array, order: number): void {
  const base = i[ID_INDEX]!
  const mask = i[ID_MASK]!
  let hole = f[(order + ORDER_ID) >> 1]! & mask
  while (i[base + hole] !== order) hole = (hole + 1) & mask
  // Move back every later entry that may stand in the hole, so that no search ends too early.
  for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
    const next = i[base + slot]!
    if (next === 0) break
    const home = f[(next + ORDER_ID) >> 1]! & mask
    if (((slot - home) & mask) < ((slot - hole) & mask)) continue
    i[base + hole] = next
    hole = slot
  }
  i[base + hole] = 0
}

export function hashWords(i: Int32Array, at: number, bytes: number, seed: number): number {
  let hash = seed ^ bytes
  const end = at + ((bytes + 3) >> 2)
  for (let word = at; word < end; word++) {
    hash = Math.imul(hash ^ i[word]!, 0x85ebca6b)
    hash ^= hash >>> 13
  }
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

function clientHash(i: Int32Array, account: number, at: number, length: number): number {
  return hashWords(i, at, length, i[HASH_SEED]! ^ Math.imul(account, 0x9e3779b1))
}

/** The open order of the command's account that has the client id the command names. */
export function findByClientId(i: Int32Array, command: number, account: number): number {
  const base = i[CLIENT_INDEX]!
  const mask = i[CLIENT_MASK]!
  const length = (i[command + COMMAND_LENGTHS]! >> 8) & 255
  const at = idAt(i, command)
  for (let slot = clientHash(i, account, at, length) & mask; ; slot = (slot + 1) & mask) {
    const order = i[base + slot]!
    if (order === 0) return 0
    if (i[order + ACCOUNT] !== account || i[order + ID_LENGTH] !== length) continue
    let word = 0
    const words = (length + 3) >> 2
    while (word < words && i[order + ID_BYTES + word] === i[at + word]) word++
    if (word === words) return order
  }
}

function homeOf(i: Int32Array, order: number, mask: number): number {
  return clientHash(i, i[order + ACCOUNT]!, order + ID_BYTES, i[order + ID_LENGTH]!) & mask
}

export function indexByClientId(i: Int32Array, order: number): void {
  const base = i[CLIENT_INDEX]!
  const mask = i[CLIENT_MASK]!
  let slot = homeOf(i, order, mask)
  while (i[base + slot] !== 0) slot = (slot + 1) & mask
  i[base + slot] = order
}

export function unindexByClientId(i: Int32Array, order: number): void {
  const base = i[CLIENT_INDEX]!
  const mask = i[CLIENT_MASK]!
  let hole = homeOf(i, order, mask)
  while (i[base + hole] !== order) hole = (hole + 1) & mask
  for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
    const next = i[base + slot]!
    if (next === 0) break
    const home = homeOf(i, next, mask)
    if (((slot - home) & mask) < ((slot - hole) & mask)) continue
    i[base + hole] = next
    hole = slot
  }
  i[base + hole] = 0
}
