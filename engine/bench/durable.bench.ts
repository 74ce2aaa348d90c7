/**
 * Orders per second that are durable before they are answered, over the socket from another process, and what a single
 * one waits, beside the disk's own sync of a preallocated file on the same folder.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { connectEngine, type Command, type EngineClient } from '../index.ts'
import { seeded } from './workload.ts'

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '200000' },
    single: { type: 'string', default: '500' },
    inFlight: { type: 'string', default: '8192' },
    folder: { type: 'string', default: tmpdir() },
  },
})
const orders = Number(values.orders)
const single = Number(values.single)
const inFlight = Number(values.inFlight)
const folder = mkdtempSync(join(values.folder, 'cambium-bench-'))
const socket = join(folder, 'engine.sock')

function percentile(times: readonly number[], share: number): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length * share)] ?? 0
}

/** Milliseconds of each of `count` syncs of 4 KB in a file whose blocks exist. */
function syncTimes(count: number): number[] {
  const file = openSync(join(folder, 'sync'), constants.O_RDWR | constants.O_CREAT)
  const block = Buffer.alloc(4096, 1)
  for (let n = 0; n < count; n++) writeSync(file, block, 0, block.length, n * 4096)
  fdatasyncSync(file)
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    const start = performance.now()
    writeSync(file, block, 0, block.length, n * 4096)
    fdatasyncSync(file)
    times.push(performance.now() - start)
  }
  closeSync(file)
  return times
}

function* flow(name: string, count: number): Generator<Command> {
  const random = seeded(1)
  for (let n = 0; n < count; n++) {
    const side = random() % 2 === 0 ? 'buy' : 'sell'
    const price = String(1000 + (side === 'buy' ? -1 : 1) * ((random() % 200) - 5))
    const placed = {
      op: 'place',
      market: 'M',
      account: 1 + (random() % 100),
      id: `${name}${n}`,
      side,
    } as const
    yield { ...placed, type: 'limit', timeInForce: 'GTC', price, quantity: String(1 + (random() % 9)) }
  }
}

async function prepare(client: EngineClient): Promise<void> {
  const sizes = {
    tickSize: '1',
    lotSize: '1',
    makerFeePpm: 513,
    takerFeePpm: 1037,
    baseScale: 2,
    quoteScale: 2,
  }
  await client.submit({ op: 'market', market: 'M', base: 'B', quote: 'Q', ...sizes })
  for (let account = 1; account <= 100; account++) {
    await client.submitMany([
      { op: 'deposit', account, asset: 'B', amount: '100000000000' },
      { op: 'deposit', account, asset: 'Q', amount: '100000000000' },
    ])
  }
}

/** Keeps `inFlight` commands unanswered and returns how many a second were answered. */
async function throughput(client: EngineClient, count: number): Promise<number> {
  const commands = flow('t', count)
  const start = performance.now()
  const batch = 1024
  const worker = async (): Promise<void> => {
    for (;;) {
      const next: Command[] = []
      for (let n = 0; n < batch; n++) {
        const { value, done } = commands.next()
        if (done) break
        next.push(value)
      }
      if (next.length === 0) return
      await client.submitMany(next)
    }
  }
  await Promise.all(Array.from({ length: Math.ceil(inFlight / batch) }, worker))
  return count / ((performance.now() - start) / 1000)
}

async function waits(client: EngineClient, count: number): Promise<number[]> {
  const times: number[] = []
  for (const command of flow('s', count)) {
    const start = performance.now()
    await client.submit(command)
    times.push(performance.now() - start)
  }
  return times
}

console.log(
  `durable: ${orders} orders, ${inFlight} in flight; ${single} one at a time; ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`,
)
const main = new URL('../main.ts', import.meta.url).pathname
const args = [main, '--data', join(folder, 'data'), '--socket', socket]
const engine = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
try {
  await once(engine.stdout, 'data')
  const client = connectEngine({ socket })
  await prepare(client)
  await throughput(client, Math.min(orders, 20_000))
  const rate = await throughput(client, orders)
  const sync = syncTimes(single)
  const one = await waits(client, single)
  client.close()
  const figures = {
    durableOrdersPerSecond: Math.round(rate),
    singleP50Ms: Number(percentile(one, 0.5).toFixed(3)),
    singleP99Ms: Number(percentile(one, 0.99).toFixed(3)),
    syncP50Ms: Number(percentile(sync, 0.5).toFixed(3)),
    syncP99Ms: Number(percentile(sync, 0.99).toFixed(3)),
  }
  console.log('what                         value')
  for (const [name, value] of Object.entries(figures))
    console.log(`${name.padEnd(24)} ${String(value).padStart(9)}`)
  console.log(JSON.stringify({ bench: 'durable', figures }))
} finally {
  engine.kill('SIGTERM')
  await once(engine, 'close')
  rmSync(folder, { recursive: true })
}
