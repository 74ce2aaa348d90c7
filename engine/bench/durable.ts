/** The engine's process as others use it: over its socket, every answer on disk before it is given. */
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { median, rounded } from '../../test/bench/figures.ts'
import { connectEngine, type Command, type EngineClient } from '../index.ts'
import { hashOf } from '../core/state-hash.ts'
import { LineProcess } from './child-process.ts'
import { DiskProbe } from './disk-probe.ts'
import { EngineChild } from './engine-child.ts'
import { Load } from './load.ts'
import { checkWorkload, openingCommands, type Script } from './player.ts'
import { readWorkload } from './workload.ts'

/** The load that the goals name. */
const RATE = 100_000
const shares = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 } as const
export type Percentiles = Record<keyof typeof shares, number>

export interface LoadPoint extends Percentiles {
  readonly perSecond: number
}

function percentilesOf(values: Float32Array | readonly number[]): Percentiles {
  const sorted = Float32Array.from(values).sort()
  const at = (share: number): number => rounded(sorted[Math.floor(sorted.length * share)] ?? Number.NaN, 3)
  return { p50: at(shares.p50), p90: at(shares.p90), p99: at(shares.p99), p999: at(shares.p999) }
}

function join32(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((total, part) => total + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** A script whose users have deposited their money, which another process can do as well. */
export function provideScript(file: string): Script {
  const script = checkWorkload(readWorkload(file), 'deposits')
  if (script.refusals > 0) throw new Error(`the engine refuses ${script.refusals} of the commands`)
  return script
}

async function open(engine: EngineChild, script: Script): Promise<{ client: EngineClient; load: Load }> {
  const client = connectEngine({ socket: engine.socket })
  await client.submitMany(openingCommands(script.workload, 'deposits'))
  const load = await Load.connect(engine.socket, script)
  await load.flood(script.workload.fill)
  return { client, load }
}

/** The engine over the socket must have become what the one in process is. */
async function requireSameState(client: EngineClient, script: Script): Promise<void> {
  const { hash } = await client.hash()
  if (hash !== hashOf(script.state)) throw new Error('the engine behind the socket is in another state')
}

export interface ThroughputFigures {
  readonly perSecond: number
  /** Of the engine's thread: what this machine would do if nobody else were on it and no disk had to be waited for. */
  readonly perCpuSecond: number
  readonly replayPerSecond: number
  readonly replayPerCpuSecond: number
}

/** Seconds that the first thread of a process, which is node's own, has had a processor. */
function threadSeconds(pid: number | undefined): number {
  const [nanoseconds] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')
  return Number(nanoseconds) / 1e9
}

/** So that a restart has the whole journal to replay. */
const withoutSnapshots = { engine: ['--snapshot-every', 'never'] }

/** The whole workload as fast as it is answered, and then again from the journal. */
export async function measureThroughput(folder: string, script: Script): Promise<ThroughputFigures> {
  const engine = new EngineChild(folder)
  try {
    await engine.start(withoutSnapshots)
    const { client, load } = await open(engine, script)
    const { fill, total } = script.workload
    // The first third runs while the code is compiled.
    await load.flood(fill + Math.floor((total - fill) / 3))
    const count = total - load.next
    const cpu = threadSeconds(engine.pid)
    const seconds = await load.flood(total)
    const cpuSeconds = threadSeconds(engine.pid) - cpu
    await requireSameState(client, script)
    load.close()
    client.close()
    await engine.stop()
    const { replayed, ms } = await engine.start(withoutSnapshots)
    return {
      perSecond: count / seconds,
      perCpuSecond: count / cpuSeconds,
      replayPerSecond: (replayed * 1000) / ms,
      // The whole life of the process so far: its code's loading too.
      replayPerCpuSecond: replayed / threadSeconds(engine.pid),
    }
  } finally {
    await engine.remove()
  }
}

/** What each rate of offered load comes to; between slices of the rate that the goals are about, the disk alone. */
export async function measureLatency(
  folder: string,
  script: Script,
  { seconds, rates }: { readonly seconds: number; readonly rates: readonly number[] },
): Promise<{ points: LoadPoint[]; disk: Percentiles }> {
  const engine = new EngineChild(folder)
  const probe = new DiskProbe(folder)
  try {
    await engine.start()
    const { client, load } = await open(engine, script)
    const syncs: number[] = []
    const points: LoadPoint[] = []
    // Compiles what is about to be measured.
    await load.offer(RATE, RATE)
    for (const perSecond of rates) {
      const waits: Float32Array[] = []
      const slices = perSecond === RATE ? 10 : 2
      for (let slice = 0; slice < slices; slice++) {
        waits.push(await load.offer(Math.floor((perSecond * seconds) / slices), perSecond))
        for (let n = 0; n < 100; n++) syncs.push(probe.sync())
      }
      points.push({ perSecond, ...percentilesOf(join32(waits)) })
    }
    load.close()
    client.close()
    return { points, disk: percentilesOf(syncs) }
  } finally {
    probe.close()
    await engine.remove()
  }
}

class Echo {
  readonly #socket: Socket
  #answered: (() => void) | undefined
  #due = 0

  constructor(path: string) {
    this.#socket = connect(path)
    this.#socket.on('data', (chunk) => {
      this.#due -= chunk.length
      if (this.#due === 0) this.#answered?.()
    })
  }

  async ping(bytes: Buffer): Promise<number> {
    const startedAt = performance.now()
    this.#due = bytes.length
    this.#socket.write(bytes)
    await new Promise<void>((resolve) => (this.#answered = resolve))
    return performance.now() - startedAt
  }

  async close(): Promise<void> {
    this.#socket.end()
    await once(this.#socket, 'close')
  }
}

export interface SingleFigures {
  readonly single: Percentiles
  readonly sync: Percentiles
  readonly roundTrip: Percentiles
  /** Median of one durable command ÷ (median of one sync + median of one round trip). */
  readonly overFloor: number
}

/** One command at a time, and in turn with it what it cannot do without: a sync, and a round trip of the same bytes. */
export async function measureSingle(folder: string, count: number): Promise<SingleFigures> {
  const engine = new EngineChild(folder)
  const probe = new DiskProbe(folder)
  const path = join(engine.socket, '../echo.sock')
  const server = new LineProcess(process.execPath, [join(import.meta.dirname, 'echo-process.ts'), path], {
    isPinned: false,
  })
  try {
    await Promise.all([engine.start(), server.line()])
    const client = connectEngine({ socket: engine.socket })
    const workload = { markets: 1, users: 100 }
    await client.submitMany(openingCommands(workload, 'deposits'))
    const echo = new Echo(path)
    const message = Buffer.alloc(112)
    const times = { single: [] as number[], sync: [] as number[], roundTrip: [] as number[] }
    for (let n = 0; n < count * 2; n++) {
      const startedAt = performance.now()
      await client.submit(singleOrder(n))
      const single = performance.now() - startedAt
      const sync = probe.sync()
      const roundTrip = await echo.ping(message)
      // The first half runs while the code is compiled.
      if (n < count) continue
      times.single.push(single)
      times.sync.push(sync)
      times.roundTrip.push(roundTrip)
    }
    client.close()
    await echo.close()
    const floor = median(times.sync) + median(times.roundTrip)
    return {
      single: percentilesOf(times.single),
      sync: percentilesOf(times.sync),
      roundTrip: percentilesOf(times.roundTrip),
      overFloor: rounded(median(times.single) / floor, 2),
    }
  } finally {
    probe.close()
    await server.end()
    await engine.remove()
  }
}

function singleOrder(n: number): Command {
  const side = n % 2 === 0 ? 'buy' : 'sell'
  const order = { op: 'place', market: 'M0', account: 1 + (n % 100), id: `s${n}`, side } as const
  const price = side === 'buy' ? `${1 + (n % 50)}.00` : `${100 + (n % 50)}.00`
  return { ...order, type: 'limit', timeInForce: 'GTC', price, quantity: '0.01' }
}
