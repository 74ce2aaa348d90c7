/** The common workload file of the engine benchmarks, and the same commands as this engine takes them. */
import { readFileSync } from 'node:fs'

export const GTC = 1
export const IOC = 2
export const CANCEL = 3
export const REDUCE = 4
export const MOVE = 5

export interface Workload {
  readonly markets: number
  readonly users: number
  readonly fill: number
  readonly timed: number
  readonly idMax: number
  readonly type: Uint8Array
  readonly side: Uint8Array
  readonly market: Uint16Array
  readonly user: Int32Array
  readonly id: Int32Array
  readonly price: Int32Array
  readonly size: Int32Array
}

export function readWorkload(path: string): Workload {
  const bytes = readFileSync(path)
  const head = new Uint32Array(bytes.buffer, bytes.byteOffset, 16)
  if (head[0] !== 0x314c5758) throw new Error(`${path} is not a workload file`)
  const [, , markets, users, fill, timed, idMax] = [...head] as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const total = fill + timed
  const workload: Workload = {
    ...{ markets, users, fill, timed, idMax },
    type: new Uint8Array(total),
    side: new Uint8Array(total),
    market: new Uint16Array(total),
    user: new Int32Array(total),
    id: new Int32Array(total),
    price: new Int32Array(total),
    size: new Int32Array(total),
  }
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
