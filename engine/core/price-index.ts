/**
 * From price to level, in price order: a tree of three nodes of 1024 slots, each under a two-step bitmap. Every price
 * below 2^30 ticks has its place, so none is ever dropped, and the next level is a few bit scans away.
 */
import * as layout from './layout.ts'

const { NODE_END, NODE_FREE, NODE_TOP, NODE_WORDS, SLOTS, SUMMARY } = layout

function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}

function highest(bits: number): number {
  return 31 - Math.clz32(bits)
}

function firstSlot(i: Int32Array, node: number): number {
  const word = lowest(i[node + SUMMARY]!)
  return (word << 5) + lowest(i[node + word]!)
}

function lastSlot(i: Int32Array, node: number): number {
  const word = highest(i[node + SUMMARY]!)
  return (word << 5) + highest(i[node + word]!)
}

function slotAfter(i: Int32Array, node: number, slot: number): number {
  const word = slot >>> 5
  const bit = slot & 31
  const bits = bit === 31 ? 0 : i[node + word]! & (-1 << (bit + 1))
  if (bits !== 0) return (word << 5) + lowest(bits)
  const words = word === 31 ? 0 : i[node + SUMMARY]! & (-1 << (word + 1))
  if (words === 0) return -1
  const next = lowest(words)
  return (next << 5) + lowest(i[node + next]!)
}

function slotBefore(i: Int32Array, node: number, slot: number): number {
  const word = slot >>> 5
  const bits = i[node + word]! & ((1 << (slot & 31)) - 1)
  if (bits !== 0) return (word << 5) + highest(bits)
  const words = i[node + SUMMARY]! & ((1 << word) - 1)
  if (words === 0) return -1
  const next = highest(words)
  return (next << 5) + highest(i[node + next]!)
}

function setSlot(i: Int32Array, node: number, slot: number, value: number): void {
  i[node + SLOTS + slot] = value
  const word = slot >>> 5
  const bits = i[node + word]!
  i[node + word] = bits | (1 << (slot & 31))
  if (bits === 0) i[node + SUMMARY] = i[node + SUMMARY]! | (1 << word)
}

/** True when the node holds nothing any more; all its words are zero then and it can be used again as it is. */
function clearSlot(i: Int32Array, node: number, slot: number): boolean {
  i[node + SLOTS + slot] = 0
  const word = slot >>> 5
  const bits = i[node + word]! & ~(1 << (slot & 31))
  i[node + word] = bits
  if (bits !== 0) return false
  const words = i[node + SUMMARY]! & ~(1 << word)
  i[node + SUMMARY] = words
  return words === 0
}

/** A new level may need two nodes: whoever is about to place one asks first. */
export function hasNodes(i: Int32Array): boolean {
  return i[NODE_FREE] !== 0 || i[NODE_TOP]! + 2 * NODE_WORDS <= i[NODE_END]!
}

export function allocateNode(i: Int32Array): number {
  const node = i[NODE_FREE]!
  if (node !== 0) {
    i[NODE_FREE] = i[node + SLOTS]!
    i[node + SLOTS] = 0
    return node
  }
  const fresh = i[NODE_TOP]!
  i[NODE_TOP] = fresh + NODE_WORDS
  return fresh
}

function freeNode(i: Int32Array, node: number): void {
  i[node + SLOTS] = i[NODE_FREE]!
  i[NODE_FREE] = node
}

export function levelAt(i: Int32Array, root: number, price: number): number {
  const middle = i[root + SLOTS + (price >>> 20)]!
  if (middle === 0) return 0
  const leaf = i[middle + SLOTS + ((price >>> 10) & 1023)]!
  if (leaf === 0) return 0
  return i[leaf + SLOTS + (price & 1023)]!
}

export function insertLevel(i: Int32Array, root: number, price: number, level: number): void {
  const top = price >>> 20
  let middle = i[root + SLOTS + top]!
  if (middle === 0) {
    middle = allocateNode(i)
    setSlot(i, root, top, middle)
  }
  const slot = (price >>> 10) & 1023
  let leaf = i[middle + SLOTS + slot]!
  if (leaf === 0) {
    leaf = allocateNode(i)
    setSlot(i, middle, slot, leaf)
  }
  setSlot(i, leaf, price & 1023, level)
}

export function removeLevel(i: Int32Array, root: number, price: number): void {
  const top = price >>> 20
  const middle = i[root + SLOTS + top]!
  const slot = (price >>> 10) & 1023
  const leaf = i[middle + SLOTS + slot]!
  if (!clearSlot(i, leaf, price & 1023)) return
  freeNode(i, leaf)
  if (!clearSlot(i, middle, slot)) return
  freeNode(i, middle)
  clearSlot(i, root, top)
}

/** The nearest level above `price`, which itself must be in the index. */
export function levelAbove(i: Int32Array, root: number, price: number): number {
  let middle = i[root + SLOTS + (price >>> 20)]!
  let leaf = i[middle + SLOTS + ((price >>> 10) & 1023)]!
  const low = slotAfter(i, leaf, price & 1023)
  if (low >= 0) return i[leaf + SLOTS + low]!
  let slot = slotAfter(i, middle, (price >>> 10) & 1023)
  if (slot < 0) {
    const top = slotAfter(i, root, price >>> 20)
    if (top < 0) return 0
    middle = i[root + SLOTS + top]!
    slot = firstSlot(i, middle)
  }
  leaf = i[middle + SLOTS + slot]!
  return i[leaf + SLOTS + firstSlot(i, leaf)]!
}

/** The nearest level below `price`, which itself must be in the index. */
export function levelBelow(i: Int32Array, root: number, price: number): number {
  let middle = i[root + SLOTS + (price >>> 20)]!
  let leaf = i[middle + SLOTS + ((price >>> 10) & 1023)]!
  const low = slotBefore(i, leaf, price & 1023)
  if (low >= 0) return i[leaf + SLOTS + low]!
  let slot = slotBefore(i, middle, (price >>> 10) & 1023)
  if (slot < 0) {
    const top = slotBefore(i, root, price >>> 20)
    if (top < 0) return 0
    middle = i[root + SLOTS + top]!
    slot = lastSlot(i, middle)
  }
  leaf = i[middle + SLOTS + slot]!
  return i[leaf + SLOTS + lastSlot(i, leaf)]!
}
