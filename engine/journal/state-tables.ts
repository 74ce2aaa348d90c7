/**
 * How each part of the engine's state gets into a snapshot and back. The block of memory goes as it is, page by page,
 * whatever its layout; a snapshot is therefore only for the layout it was made with, which `layoutMark` names.
 */
import { createHash } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import { KeyTable } from '../core/key-table.ts'
import * as layout from '../core/layout.ts'
import { usedWords, type EngineState } from '../core/state.ts'
import { isZero } from './disk.ts'

/**
 * `memory`: a view of the one block. `plain`: maps, arrays and objects, which keep what they have in common. `keys`: a
 * table with a form of its own. `given`: what the engine is created with.
 */
type Kind = 'memory' | 'plain' | 'keys' | 'given'

/** Every field of the state has its line here, or this file does not compile and a test fails. */
export const stateFields: { readonly [Field in keyof EngineState]: Kind } = {
  i: 'memory',
  f: 'memory',
  b: 'memory',
  limits: 'given',
  sink: 'given',
  markets: 'plain',
  marketByName: 'plain',
  assets: 'plain',
  assetByName: 'plain',
  rowsByAccount: 'plain',
  accounts: 'plain',
  feeTiers: 'plain',
  discounts: 'plain',
  guards: 'plain',
  keysForever: 'keys',
  keysRecent: 'keys',
}

const PAGE = 4096
const BLOCK_BYTES_MAX = 1 << 20

const fieldsOf = (kind: Kind): (keyof EngineState)[] =>
  (Object.keys(stateFields) as (keyof EngineState)[]).filter((field) => stateFields[field] === kind)

/** The names of the parts, in the order they are written. */
export const sections: readonly string[] = ['memory', 'plain', ...fieldsOf('keys')]

export interface Part {
  readonly section: number
  readonly offset: number
  readonly bytes: Uint8Array
}

/** The whole state in parts of a megabyte at most; memory that was never used is left out. */
export function* partsOf(s: EngineState): Generator<Part> {
  yield* usedParts(s)
  const plain = Object.fromEntries(fieldsOf('plain').map((field) => [field, s[field]]))
  yield* cut(sections.indexOf('plain'), serialize(plain))
  for (const field of fieldsOf('keys')) {
    yield* cut(sections.indexOf(field), (s[field] as KeyTable).save())
  }
}

function* usedParts(s: EngineState): Generator<Part> {
  for (const [start, end] of usedWords(s)) {
    const from = start * 4 - ((start * 4) % PAGE)
    for (let at = from; at < end * 4; at += BLOCK_BYTES_MAX) {
      // A copy: whoever takes the parts may bring the books of another state into the block between two of them.
      const memory = Buffer.from(s.b.subarray(at, Math.min(at + BLOCK_BYTES_MAX, end * 4)))
      yield* pagesIn(memory, at)
    }
  }
}

/** Those runs of pages that have anything but zeros; `offset` is where `memory` starts in the block. */
function* pagesIn(memory: Buffer, offset: number): Generator<Part> {
  let start = -1
  for (let at = 0; at < memory.length + PAGE; at += PAGE) {
    const isUsed = at < memory.length && !isZero(memory, at, Math.min(at + PAGE, memory.length))
    if (start >= 0 && !isUsed) {
      yield { section: 0, offset: offset + start, bytes: memory.subarray(start, Math.min(at, memory.length)) }
      start = -1
    }
    if (isUsed && start < 0) start = at
  }
}

function* cut(section: number, bytes: Uint8Array): Generator<Part> {
  for (let offset = 0; offset < bytes.length; offset += BLOCK_BYTES_MAX) {
    yield { section, offset, bytes: bytes.subarray(offset, offset + BLOCK_BYTES_MAX) }
  }
}

/** Puts parts into a state that was just created with the same limits. */
export class StateLoader {
  readonly #state: EngineState
  readonly #gathered: Uint8Array[][] = sections.map(() => [])

  constructor(state: EngineState) {
    this.#state = state
  }

  add({ section, offset, bytes }: Part): void {
    if (section === 0) this.#state.b.set(bytes, offset)
    else this.#gathered[section]!.push(bytes)
  }

  finish(): void {
    const bytesOf = (name: string): Buffer => Buffer.concat(this.#gathered[sections.indexOf(name)]!)
    Object.assign(this.#state, deserialize(bytesOf('plain')))
    for (const field of fieldsOf('keys')) (this.#state[field] as KeyTable).load(bytesOf(field))
  }
}

const layoutWords = Object.entries(layout)
  .filter(([, value]) => typeof value === 'number')
  .sort()

/** Differs whenever bytes of one layout would mean something else in the other. */
export function layoutMark(limits: layout.Limits): string {
  const facts = [layoutWords, Object.entries(limits).sort(), sections, fieldsOf('plain')]
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16)
}
