/**
 * The workloads that the engine and the yardstick both play, as one binary file each, made from a seed. A file is sixteen
 * u32 (magic, version, markets, users, fill commands, timed commands, highest order, kind), 32 bytes a market (i64 lowest,
 * highest and first price, 0), then 32 bytes a command: u8 type, u8 side (0 bid, 1 ask), u16 market, u32 user, u64 order,
 * i64 price in ticks, i64 size in lots. The fill sets the book up and is not timed.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GTC, IOC, MarketFlow, type FlowStyle } from './market-flow.ts'
import { Random } from './random.ts'

const MAGIC = 0x314c5758
const VERSION = 1
const HEAD_BYTES = 64
const MARKET_BYTES = 32
const COMMAND_BYTES = 32

export type WorkloadName = 'w1' | 'w2' | 'w3'

interface WorkloadKind extends FlowStyle {
  readonly number: number
  readonly what: string
  readonly markets: number
  readonly users: number
  /** Orders that rest, of all markets. */
  readonly resting: number
  readonly seed: number
  /** What three million commands lead to, whichever engine plays them. */
  readonly expected: Checksums
}

/** What a workload led to: engines that agree on all four did the same. */
export interface Checksums {
  readonly trades: number
  readonly tradeChecksum: number
  readonly bookHash: number
  readonly balanceHash: number
}

export const COMMANDS_DEFAULT = 3_000_000

export const workloadKinds: Readonly<Record<WorkloadName, WorkloadKind>> = {
  w1: {
    number: 1,
    what: 'one market, 1,000 resting, mostly moves',
    markets: 1,
    users: 1000,
    resting: 1000,
    seed: 6,
    mix: 'moves',
    picks: 'oldest',
    expected: {
      trades: 165145,
      tradeChecksum: 2783448302,
      bookHash: 1486316523,
      balanceHash: 1019183386,
    },
  },
  w2: {
    number: 2,
    what: '100 markets, 100,000 resting, any of them',
    markets: 100,
    users: 20_000,
    resting: 100_000,
    seed: 1,
    mix: 'moves',
    picks: 'any',
    expected: {
      trades: 183824,
      tradeChecksum: 1803710179,
      bookHash: 2163742280,
      balanceHash: 2104391959,
    },
  },
  w3: {
    number: 3,
    what: 'one market, 2,000 resting, places and cancels',
    markets: 1,
    users: 1000,
    resting: 2000,
    seed: 6,
    mix: 'placesAndCancels',
    picks: 'oldest',
    expected: {
      trades: 311489,
      tradeChecksum: 3880047632,
      bookHash: 664377871,
      balanceHash: 2265493677,
    },
  },
}

/** Shares of the commands and of the resting orders: a few markets have most of both. */
function flowsOf(kind: WorkloadKind, commands: number, random: Random): { flow: MarketFlow; terms: Sizes }[] {
  const { markets, users, resting, seed } = kind
  const weights = Array.from({ length: markets }, () => 0.001 * (1 - random.share()) ** (-1 / 1.5))
  const sum = weights.reduce((total, weight) => total + weight)
  let left = commands
  return weights.map((weight, market) => {
    const timed = market === markets - 1 ? left : Math.round((commands * weight) / sum)
    left -= timed
    const fill = markets === 1 ? resting : Math.max(20, Math.round((resting * weight) / sum))
    return { flow: new MarketFlow({ market, fill, timed, users, seed, style: kind }), terms: { fill, timed } }
  })
}

interface Sizes {
  readonly fill: number
  readonly timed: number
}

/** Which market each next command is of: as many as it has, in random order. */
function turnsOf(counts: readonly number[], random: Random): Uint16Array {
  const turns = new Uint16Array(counts.reduce((total, count) => total + count))
  let end = 0
  for (const [market, count] of counts.entries()) turns.fill(market, end, (end += count))
  if (counts.length === 1) return turns
  for (let at = turns.length - 1; at > 0; at--) {
    const other = random.below(at + 1)
    const market = turns[at]!
    turns[at] = turns[other]!
    turns[other] = market
  }
  return turns
}

/** The bytes of one workload's file. */
export function generateWorkload(name: WorkloadName, commands = COMMANDS_DEFAULT): Buffer {
  const kind = workloadKinds[name]
  const random = new Random(kind.seed * 7919 + 13)
  const flows = flowsOf(kind, commands, random)
  const fill = flows.reduce((total, { terms }) => total + terms.fill, 0)
  const bytes = Buffer.alloc(HEAD_BYTES + flows.length * MARKET_BYTES + (fill + commands) * COMMAND_BYTES)
  for (const [market, { flow }] of flows.entries()) {
    const at = HEAD_BYTES + market * MARKET_BYTES
    bytes.writeBigInt64LE(BigInt(flow.priceMin), at)
    bytes.writeBigInt64LE(BigInt(flow.priceMax), at + 8)
    bytes.writeBigInt64LE(BigInt(flow.priceStart), at + 16)
  }
  // Each market counts its own orders; in the file they are numbered as they come.
  const numbers = flows.map(({ terms }) => new Int32Array(terms.fill + terms.timed + 1))
  let orders = 0
  let at = HEAD_BYTES + flows.length * MARKET_BYTES
  for (const phase of ['fill', 'timed'] as const) {
    const turns = turnsOf(
      flows.map(({ terms }) => terms[phase]),
      random,
    )
    for (const market of turns) {
      const { flow } = flows[market]!
      flow.next()
      if (flow.type === GTC || flow.type === IOC) numbers[market]![flow.order] = ++orders
      writeCommand(bytes, at, market, flow, numbers[market]![flow.order]!)
      at += COMMAND_BYTES
    }
  }
  const head = [MAGIC, VERSION, kind.markets, kind.users, fill, commands, orders, kind.number]
  for (const [word, value] of head.entries()) bytes.writeUInt32LE(value, word * 4)
  return bytes
}

function writeCommand(bytes: Buffer, at: number, market: number, flow: MarketFlow, order: number): void {
  bytes[at] = flow.type
  bytes[at + 1] = flow.side
  bytes.writeUInt16LE(market, at + 2)
  bytes.writeUInt32LE(flow.user, at + 4)
  bytes.writeUInt32LE(order, at + 8)
  bytes.writeInt32LE(flow.price, at + 16)
  bytes.writeInt32LE(flow.size, at + 24)
}

/** The file of a workload in `folder`, made when it is not there yet. */
export function provideWorkload(folder: string, name: WorkloadName, commands = COMMANDS_DEFAULT): string {
  const file = join(folder, `${name}-${commands}.bin`)
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${file}.part`, generateWorkload(name, commands))
  renameSync(`${file}.part`, file)
  return file
}

/** One column per field. */
export interface Workload {
  readonly markets: number
  readonly users: number
  readonly fill: number
  readonly total: number
  readonly ordersMax: number
  readonly type: Uint8Array
  readonly side: Uint8Array
  readonly market: Uint16Array
  readonly user: Int32Array
  readonly order: Int32Array
  readonly price: Int32Array
  readonly size: Int32Array
}

export function readWorkload(file: string): Workload {
  return parseWorkload(readFileSync(file))
}

export function parseWorkload(bytes: Buffer): Workload {
  const word = (at: number): number => bytes.readUInt32LE(at * 4)
  if (word(0) !== MAGIC || word(1) !== VERSION) throw new Error('this is not a workload file')
  const markets = word(2)
  const fill = word(4)
  const total = fill + word(5)
  const workload = {
    markets,
    users: word(3),
    fill,
    total,
    ordersMax: word(6),
    type: new Uint8Array(total),
    side: new Uint8Array(total),
    market: new Uint16Array(total),
    user: new Int32Array(total),
    order: new Int32Array(total),
    price: new Int32Array(total),
    size: new Int32Array(total),
  }
  let at = HEAD_BYTES + markets * MARKET_BYTES
  for (let n = 0; n < total; n++, at += COMMAND_BYTES) {
    workload.type[n] = bytes[at]!
    workload.side[n] = bytes[at + 1]!
    workload.market[n] = bytes.readUInt16LE(at + 2)
    workload.user[n] = bytes.readUInt32LE(at + 4)
    workload.order[n] = bytes.readUInt32LE(at + 8)
    workload.price[n] = bytes.readInt32LE(at + 16)
    workload.size[n] = bytes.readInt32LE(at + 24)
  }
  return workload
}
