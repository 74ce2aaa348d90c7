/**
 * Remembers idempotency keys with what their first command was and which events it caused. Keys are compared byte for
 * byte, so no collision ever answers for another. A table either grows for ever or forgets its oldest key.
 */
const ENTRY_WORDS = 24
const ACCOUNT = 0
const KEY_LENGTH = 1
const CONTENT = 2 // two words of hash
const SEQ = 4 // f64
const COUNT = 6
const HASH = 7
const KEY = 8
/** Of what `save` gives: f64 entries ever added, f64 capacity. */
const HEAD_BYTES = 16

export interface KeyedCommand {
  readonly account: number
  /** Where the key stands: words `at` and on of `words`, padded with zeros. */
  readonly words: Int32Array
  readonly at: number
  readonly length: number
  readonly hash: number
  readonly contentLow: number
  readonly contentHigh: number
}

export class KeyTable {
  readonly #isBounded: boolean
  #capacity: number
  #added = 0
  #slots: Int32Array
  #i: Int32Array
  #f: Float64Array

  constructor(capacity: number, { isBounded }: { isBounded: boolean }) {
    this.#isBounded = isBounded
    this.#capacity = capacity
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(capacity * 2)))
    const buffer = new ArrayBuffer(capacity * ENTRY_WORDS * 4)
    this.#i = new Int32Array(buffer)
    this.#f = new Float64Array(buffer)
  }

  /** The entry of a known key, or -1. */
  find(command: KeyedCommand): number {
    const mask = this.#slots.length - 1
    for (let slot = command.hash & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]! - 1
      if (this.#isKey(entry * ENTRY_WORDS, command)) return entry
    }
    return -1
  }

  #isKey(at: number, command: KeyedCommand): boolean {
    const i = this.#i
    if (i[at + HASH] !== command.hash || i[at + ACCOUNT] !== command.account) return false
    if (i[at + KEY_LENGTH] !== command.length) return false
    for (let word = 0; word < (command.length + 3) >> 2; word++) {
      if (i[at + KEY + word] !== command.words[command.at + word]) return false
    }
    return true
  }

  hasContent(entry: number, command: KeyedCommand): boolean {
    const at = entry * ENTRY_WORDS + CONTENT
    return this.#i[at] === command.contentLow && this.#i[at + 1] === command.contentHigh
  }

  seqOf(entry: number): number {
    return this.#f[(entry * ENTRY_WORDS + SEQ) >> 1]!
  }

  countOf(entry: number): number {
    return this.#i[entry * ENTRY_WORDS + COUNT]!
  }

  add(command: KeyedCommand, seq: number, count: number): void {
    if (this.#added >= this.#capacity) {
      if (this.#isBounded) this.#forget(this.#added % this.#capacity)
      else this.#grow()
    }
    const entry = this.#added % this.#capacity
    this.#added++
    const at = entry * ENTRY_WORDS
    const i = this.#i
    i[at + ACCOUNT] = command.account
    i[at + KEY_LENGTH] = command.length
    i[at + CONTENT] = command.contentLow
    i[at + CONTENT + 1] = command.contentHigh
    this.#f[(at + SEQ) >> 1] = seq
    i[at + COUNT] = count
    i[at + HASH] = command.hash
    const words = (command.length + 3) >> 2
    for (let word = 0; word < words; word++) i[at + KEY + word] = command.words[command.at + word]!
    this.#link(entry)
  }

  #link(entry: number): void {
    const mask = this.#slots.length - 1
    let slot = this.#i[entry * ENTRY_WORDS + HASH]! & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = entry + 1
  }

  /** Takes an entry out of its slot and moves later ones back, so that no search ends too early. */
  #forget(entry: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let hole = this.#i[entry * ENTRY_WORDS + HASH]! & mask
    while (slots[hole] !== entry + 1) hole = (hole + 1) & mask
    for (let slot = (hole + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = this.#i[(slots[slot]! - 1) * ENTRY_WORDS + HASH]! & mask
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue
      slots[hole] = slots[slot]!
      hole = slot
    }
    slots[hole] = 0
  }

  #grow(): void {
    this.#capacity *= 2
    const buffer = new ArrayBuffer(this.#capacity * ENTRY_WORDS * 4)
    const i = new Int32Array(buffer)
    i.set(this.#i)
    this.#i = i
    this.#f = new Float64Array(buffer)
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (let entry = 0; entry < this.#added; entry++) this.#link(entry)
  }

  /** All it remembers, as bytes for a snapshot. The slots are found again from the entries. */
  save(): Uint8Array {
    const entries = Math.min(this.#added, this.#capacity)
    const bytes = new Uint8Array(HEAD_BYTES + entries * ENTRY_WORDS * 4)
    const head = new DataView(bytes.buffer)
    head.setFloat64(0, this.#added, true)
    head.setFloat64(8, this.#capacity, true)
    bytes.set(new Uint8Array(this.#i.buffer, 0, bytes.length - HEAD_BYTES), HEAD_BYTES)
    return bytes
  }

  load(saved: Uint8Array): void {
    const head = new DataView(saved.buffer, saved.byteOffset)
    this.#added = head.getFloat64(0, true)
    this.#capacity = head.getFloat64(8, true)
    const buffer = new ArrayBuffer(this.#capacity * ENTRY_WORDS * 4)
    new Uint8Array(buffer).set(saved.subarray(HEAD_BYTES))
    this.#i = new Int32Array(buffer)
    this.#f = new Float64Array(buffer)
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(this.#capacity * 2)))
    const entries = Math.min(this.#added, this.#capacity)
    for (let entry = 0; entry < entries; entry++) this.#link(entry)
  }
}
