/** The flows of commands that the benches play: the common workload file, or a seeded one of our own. */
import { readFileSync } from 'node:fs'

export const GTC = 1
export const IOC = 2
export const CANCEL = 3
export const MOVE = 5
const MAGIC = 0x314c5758

/** One column per field; a move is a cancel and a new entry of the same order at another price. */
export interface Workload {
  readonly name: string
  readonly markets: number
  readonly users: number
  /** Commands that set the book up, before the clock runs. */
  readonly fill: number
  readonly total: number
  readonly idMax: number
  readonly type: Uint8Array
  readonly side: Uint8Array
  readonly market: Uint16Array
  readonly user: Int32Array
  readonly id: Int32Array
  readonly price: Int32Array
  readonly size: Int32Array
}

function emptyWorkload(
  head: Pick<Workload, 'name' | 'markets' | 'users' | 'fill' | 'total' | 'idMax'>,
): Workload {
  const { total } = head
  return {
    ...head,
    type: new Uint8Array(total),
    side: new Uint8Array(total),
    market: new Uint16Array(total),
    user: new Int32Array(total),
    id: new Int32Array(total),
    price: new Int32Array(total),
    size: new Int32Array(total),
  }
}

export function readWorkload(path: string): Workload {
  const bytes = readFileSync(path)
  const word = (at: number): number => bytes.readUInt32LE(at * 4)
  if (word(0) !== MAGIC) throw new Error(`${path} is not a workload file`)
  const markets = word(2)
  const fill = word(4)
  const total = fill + word(5)
  const workload = emptyWorkload({ name: path, markets, users: word(3), fill, total, idMax: word(6) })
  for (let at = 64 + markets * 32, n = 0; n < total; n++, at += 32) {
    workload.type[n] = bytes[at]!
    workload.side[n] = bytes[at + 1]!
    workload.market[n] = bytes.readUInt16LE(at + 2)
    workload.user[n] = bytes.readUInt32LE(at + 4)
    workload.id[n] = bytes.readUInt32LE(at + 8)
    workload.price[n] = bytes.readInt32LE(at + 16)
    workload.size[n] = bytes.readInt32LE(at + 24)
  }
  return workload
}

/** Numbers below 2^32 from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

/** One market, about 1,000 resting orders: half places around a drifting price, half cancels of a random one. */
export function seededWorkload(commands: number, seed: number): Workload {
  const random = seeded(seed)
  const below = (end: number): number => random() % end
  const fill = 1000
  const total = fill + commands
  const users = 1000
  const workload = emptyWorkload({ name: `seed ${seed}`, markets: 1, users, fill, total, idMax: total })
  const live: number[] = []
  let middle = 100_000
  for (let n = 0; n < total; n++) {
    if (n < fill || live.length < 500 || below(100) < 52) {
      const side = below(2)
      const offset = below(2000) - 20
      workload.type[n] = below(20) === 0 ? IOC : GTC
      workload.side[n] = side
      workload.price[n] = middle + (side === 0 ? -offset : offset)
      workload.size[n] = 1 + below(100)
      workload.user[n] = 1 + below(users)
      workload.id[n] = n + 1
      if (workload.type[n] === GTC) live.push(n)
      middle = Math.max(10_000, middle + below(3) - 1)
    } else {
      const at = below(live.length)
      const target = live[at]!
      live[at] = live.at(-1)!
      live.pop()
      workload.type[n] = CANCEL
      workload.side[n] = workload.side[target]!
      workload.user[n] = workload.user[target]!
      workload.id[n] = target + 1
    }
  }
  return workload
}
