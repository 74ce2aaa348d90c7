/**
 * The price levels of one side of a book, found by price and in order of price. A root and the nodes under it have 2,048
 * slots each, a leaf has 256, which lead to the levels. Bitmaps over the slots, with a summary, find the next.
 */
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { i } = memory
const {
  HEAD,
  LEAF_BITS,
  LEAF_END,
  LEAF_FREE,
  LEAF_SUMMARY,
  LEAF_TOP,
  LEAF_WORDS,
  LEVELS,
  LEVEL_FREE,
  LEVEL_PRICE,
  LEVEL_TOP,
  LEVEL_WORDS,
  NODE_BITS,
  NODE_END,
  NODE_FREE,
  NODE_SUMMARY,
  NODE_TOP,
  NODE_WORDS,
  SLOTS,
  TAIL,
} = layout

const ROOT_SHIFT = 19
const NODE_SHIFT = 8
const NODE_MASK = 2047
const LEAF_MASK = 255

const lowest = (bits: number): number => {
  return 31 - Math.clz32(bits & -bits)
}

const highest = (bits: number): number => {
  return 31 - Math.clz32(bits)
}

const bitsAbove = (bits: number, bit: number): number => {
  return bit === 31 ? 0 : bits & (-2 << bit)
}

const bitsBelow = (bits: number, bit: number): number => {
  return bits & ((1 << bit) - 1)
}

/** A new level may need a node and a leaf: whoever is about to place an order asks first. */
export function hasNodes(): boolean {
  return (
    (i[LEAF_FREE] !== 0 || i[LEAF_TOP]! < i[LEAF_END]!) && (i[NODE_FREE] !== 0 || i[NODE_TOP]! < i[NODE_END]!)
  )
}

/** A market needs two, for good. */
export function hasRoots(): boolean {
  return i[NODE_TOP]! + 2 * NODE_WORDS <= i[NODE_END]!
}

/** Takes a node for good when it is a root. All words of a free one are zero but its link. */
export function allocateNode(): number {
  const node = i[NODE_FREE]!
  if (node === 0) {
    const fresh = i[NODE_TOP]!
    i[NODE_TOP] = fresh + NODE_WORDS
    return fresh
  }
  i[NODE_FREE] = i[node]!
  i[node] = 0
  return node
}

const allocateLeaf = (): number => {
  const leaf = i[LEAF_FREE]!
  if (leaf === 0) {
    const fresh = i[LEAF_TOP]!
    i[LEAF_TOP] = fresh + LEAF_WORDS
    return fresh
  }
  i[LEAF_FREE] = i[leaf]!
  i[leaf] = 0
  return leaf
}

/** There are as many as orders, so whoever has room for one has a level for it. The price links the free ones. */
const allocateLevel = (): number => {
  const level = i[LEVEL_FREE]!
  if (level === 0) {
    const fresh = i[LEVEL_TOP]!
    i[LEVEL_TOP] = fresh + LEVEL_WORDS
    return fresh
  }
  i[LEVEL_FREE] = i[level + LEVEL_PRICE]!
  return level
}

const freeLevel = (level: number): void => {
  i[level + LEVEL_PRICE] = i[LEVEL_FREE]!
  i[LEVEL_FREE] = level
}

const setSlot = (node: number, slot: number, value: number): void => {
  i[node + SLOTS + slot] = value
  const word = slot >>> 5
  i[node + NODE_BITS + word] = i[node + NODE_BITS + word]! | (1 << (slot & 31))
  const summary = node + NODE_SUMMARY + (word >>> 5)
  i[summary] = i[summary]! | (1 << (word & 31))
}

/** True when the node holds nothing any more. */
const clearSlot = (node: number, slot: number): boolean => {
  i[node + SLOTS + slot] = 0
  const word = slot >>> 5
  const bits = i[node + NODE_BITS + word]! & ~(1 << (slot & 31))
  i[node + NODE_BITS + word] = bits
  if (bits !== 0) return false
  const summary = node + NODE_SUMMARY + (word >>> 5)
  i[summary] = i[summary]! & ~(1 << (word & 31))
  return (i[node + NODE_SUMMARY]! | i[node + NODE_SUMMARY + 1]!) === 0
}

const slotAfter = (node: number, slot: number): number => {
  const word = slot >>> 5
  const bits = bitsAbove(i[node + NODE_BITS + word]!, slot & 31)
  if (bits !== 0) return (word << 5) + lowest(bits)
  let half = word >>> 5
  let words = bitsAbove(i[node + NODE_SUMMARY + half]!, word & 31)
  if (words === 0 && half === 0) words = i[node + NODE_SUMMARY + ++half]!
  if (words === 0) return -1
  const next = (half << 5) + lowest(words)
  return (next << 5) + lowest(i[node + NODE_BITS + next]!)
}

const slotBefore = (node: number, slot: number): number => {
  const word = slot >>> 5
  const bits = bitsBelow(i[node + NODE_BITS + word]!, slot & 31)
  if (bits !== 0) return (word << 5) + highest(bits)
  let half = word >>> 5
  let words = bitsBelow(i[node + NODE_SUMMARY + half]!, word & 31)
  if (words === 0 && half === 1) words = i[node + NODE_SUMMARY + --half]!
  if (words === 0) return -1
  const next = (half << 5) + highest(words)
  return (next << 5) + highest(i[node + NODE_BITS + next]!)
}

const firstSlot = (node: number): number => {
  const half = i[node + NODE_SUMMARY]! === 0 ? 1 : 0
  const word = (half << 5) + lowest(i[node + NODE_SUMMARY + half]!)
  return (word << 5) + lowest(i[node + NODE_BITS + word]!)
}

const lastSlot = (node: number): number => {
  const half = i[node + NODE_SUMMARY + 1]! === 0 ? 0 : 1
  const word = (half << 5) + highest(i[node + NODE_SUMMARY + half]!)
  return (word << 5) + highest(i[node + NODE_BITS + word]!)
}

const leafAt = (root: number, price: number): number => {
  const node = i[root + SLOTS + (price >>> ROOT_SHIFT)]!
  return node === 0 ? 0 : i[node + SLOTS + ((price >>> NODE_SHIFT) & NODE_MASK)]!
}

const makeLeaf = (root: number, price: number): number => {
  let node = i[root + SLOTS + (price >>> ROOT_SHIFT)]!
  if (node === 0) {
    node = allocateNode()
    setSlot(root, price >>> ROOT_SHIFT, node)
  }
  const leaf = allocateLeaf()
  setSlot(node, (price >>> NODE_SHIFT) & NODE_MASK, leaf)
  return leaf
}

/** The level of `price`, or 0. */
export function levelAt(root: number, price: number): number {
  const leaf = leafAt(root, price)
  return leaf === 0 ? 0 : i[leaf + LEVELS + (price & LEAF_MASK)]!
}

/** Makes the level of a price that has none; all its words but the price and the market are zero. */
export function addLevel(root: number, price: number): number {
  const found = leafAt(root, price)
  const leaf = found === 0 ? makeLeaf(root, price) : found
  const level = allocateLevel()
  const slot = price & LEAF_MASK
  const word = slot >>> 5
  i[level + HEAD] = level
  i[level + TAIL] = level
  i[level + LEVEL_PRICE] = price
  i[leaf + LEVELS + slot] = level
  i[leaf + LEAF_BITS + word] = i[leaf + LEAF_BITS + word]! | (1 << (slot & 31))
  i[leaf + LEAF_SUMMARY] = i[leaf + LEAF_SUMMARY]! | (1 << word)
  return level
}

/** The level, all of whose words but its price and market are zero again, leaves the index, and with the last one its leaf. */
export function removeLevel(root: number, level: number): void {
  const price = i[level + LEVEL_PRICE]!
  const leaf = leafAt(root, price)
  const slot = price & LEAF_MASK
  const word = slot >>> 5
  const bits = i[leaf + LEAF_BITS + word]! & ~(1 << (slot & 31))
  i[leaf + LEVELS + slot] = 0
  i[leaf + LEAF_BITS + word] = bits
  freeLevel(level)
  if (bits !== 0) return
  const words = i[leaf + LEAF_SUMMARY]! & ~(1 << word)
  i[leaf + LEAF_SUMMARY] = words
  if (words === 0) removeLeaf(root, leaf, price)
}

const removeLeaf = (root: number, leaf: number, price: number): void => {
  i[leaf] = i[LEAF_FREE]!
  i[LEAF_FREE] = leaf
  const top = price >>> ROOT_SHIFT
  const node = i[root + SLOTS + top]!
  if (!clearSlot(node, (price >>> NODE_SHIFT) & NODE_MASK)) return
  i[node] = i[NODE_FREE]!
  i[NODE_FREE] = node
  clearSlot(root, top)
}

/** The nearest level above `level`, which must be in the index. */
export function levelAbove(root: number, level: number): number {
  const price = i[level + LEVEL_PRICE]!
  const slot = price & LEAF_MASK
  const leaf = leafAt(root, price)
  const word = slot >>> 5
  const bits = bitsAbove(i[leaf + LEAF_BITS + word]!, slot & 31)
  if (bits !== 0) return i[leaf + LEVELS + (word << 5) + lowest(bits)]!
  const words = bitsAbove(i[leaf + LEAF_SUMMARY]!, word)
  if (words === 0) return levelInLeafAbove(root, price)
  const next = lowest(words)
  return i[leaf + LEVELS + (next << 5) + lowest(i[leaf + LEAF_BITS + next]!)]!
}

const levelInLeafAbove = (root: number, price: number): number => {
  let node = i[root + SLOTS + (price >>> ROOT_SHIFT)]!
  let slot = slotAfter(node, (price >>> NODE_SHIFT) & NODE_MASK)
  if (slot < 0) {
    const top = slotAfter(root, price >>> ROOT_SHIFT)
    if (top < 0) return 0
    node = i[root + SLOTS + top]!
    slot = firstSlot(node)
  }
  const leaf = i[node + SLOTS + slot]!
  const word = lowest(i[leaf + LEAF_SUMMARY]!)
  return i[leaf + LEVELS + (word << 5) + lowest(i[leaf + LEAF_BITS + word]!)]!
}

/** The nearest level below `level`, which must be in the index. */
export function levelBelow(root: number, level: number): number {
  const price = i[level + LEVEL_PRICE]!
  const slot = price & LEAF_MASK
  const leaf = leafAt(root, price)
  const word = slot >>> 5
  const bits = bitsBelow(i[leaf + LEAF_BITS + word]!, slot & 31)
  if (bits !== 0) return i[leaf + LEVELS + (word << 5) + highest(bits)]!
  const words = bitsBelow(i[leaf + LEAF_SUMMARY]!, word)
  if (words === 0) return levelInLeafBelow(root, price)
  const next = highest(words)
  return i[leaf + LEVELS + (next << 5) + highest(i[leaf + LEAF_BITS + next]!)]!
}

const levelInLeafBelow = (root: number, price: number): number => {
  let node = i[root + SLOTS + (price >>> ROOT_SHIFT)]!
  let slot = slotBefore(node, (price >>> NODE_SHIFT) & NODE_MASK)
  if (slot < 0) {
    const top = slotBefore(root, price >>> ROOT_SHIFT)
    if (top < 0) return 0
    node = i[root + SLOTS + top]!
    slot = lastSlot(node)
  }
  const leaf = i[node + SLOTS + slot]!
  const word = highest(i[leaf + LEAF_SUMMARY]!)
  return i[leaf + LEVELS + (word << 5) + highest(i[leaf + LEAF_BITS + word]!)]!
}
