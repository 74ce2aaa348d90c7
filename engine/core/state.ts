/** One engine's whole state. Several can live in a process; production runs one. */
import { KeyTable } from './key-table.ts'
import { createMemory, type Limits, type Memory } from './layout.ts'
import type { Market } from '../messages/market.ts'
import * as layout from './layout.ts'

const { OUT, OUTPUT } = layout

export interface Asset {
  readonly name: string
  /** Decimals that amounts of this asset have in the engine, for life. */
  readonly scale: number
  /** All that is in the engine, in units: kept below 2^53, so no balance can ever pass it. */
  total: number
}

export interface EngineState extends Memory {
  readonly limits: Limits
  readonly markets: Market[]
  readonly marketByName: Map<string, Market>
  readonly assets: Asset[]
  readonly assetByName: Map<string, number>
  /** Each account's balance rows, in the order the account came to have them. */
  readonly rowsByAccount: Map<number, number[]>
  /** Keys of deposits, withdrawals and markets are kept for ever, those of orders in a window. */
  readonly keysForever: KeyTable
  readonly keysRecent: KeyTable
  /** Takes finished event records; it must copy them before it returns. */
  readonly sink: (records: Uint8Array) => void
}

export function createState(limits: Limits, sink: (records: Uint8Array) => void): EngineState {
  return {
    ...createMemory(limits),
    limits,
    markets: [],
    marketByName: new Map(),
    assets: [],
    assetByName: new Map(),
    rowsByAccount: new Map(),
    keysForever: new KeyTable(1024, { isBounded: false }),
    keysRecent: new KeyTable(limits.keys, { isBounded: true }),
    sink,
  }
}

/** Hands all written events to the sink. The engine does it by itself when its output is full. */
export function flush(s: EngineState): void {
  const start = s.i[OUTPUT]!
  const end = s.i[OUT]!
  if (end === start) return
  s.i[OUT] = start
  s.sink(s.b.subarray(start * 4, end * 4))
}
