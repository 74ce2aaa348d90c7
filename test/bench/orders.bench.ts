/**
 * Orders a second over HTTP, each on disk before it is answered, through every process of the platform: signed-in users
 * on kept-alive connections, with CSRF token and idempotency key. Beside it, in turn, an empty route of moleculer-web as
 * it comes, in a process of its own. `--rounds N --seconds N --connections N`.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { operatorApi } from '../../kernel/cli/operator-api.ts'
import { runLedgerCheck } from '../../kernel/ledger/routes.ts'
import { startFreshPlatform } from '../fresh-platform.ts'
import { machine, median, percentile, rounded } from './figures.ts'
import { emptyTarget, ordersTarget, openMarket, playRound, type Round, signInTraders } from './order-load.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
  },
})
const rounds = Number.parseInt(values.rounds, 10)
const seconds = Number.parseInt(values.seconds, 10)
const connections = Number.parseInt(values.connections, 10)
const kinds = ['empty', 'resting', 'trading'] as const
type Kind = (typeof kinds)[number]

/** Microseconds of processor time, in the process that is asked and in those behind it. */
interface Cpu {
  readonly asked: number
  readonly engine: number
  readonly mariadb: number
}

const CLOCK_TICK_US = 10_000

/** Processor time a process has used, its threads included. */
function cpuMicroseconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number.parseInt(fields[11] ?? '', 10) + Number.parseInt(fields[12] ?? '', 10)) * CLOCK_TICK_US
}

async function startEmpty(): Promise<{ pid: number | undefined; port: number; stop: () => void }> {
  const program = fileURLToPath(new URL('../../kernel/gateway/bench/empty-server.ts', import.meta.url))
  const child = fork(program, ['stock'], { env: { ...process.env, NODE_ENV: 'production' } })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { pid: child.pid, port, stop: () => child.disconnect() }
}

const { platform, stop } = await startFreshPlatform()
process.env.OPERATOR_SOCKET = platform.operatorSocket
const empty = await startEmpty()
const played: Record<Kind, (Round & { readonly cpu: Cpu })[]> = { empty: [], resting: [], trading: [] }

/** What trades cause afterwards must not fall into the next round: the check ends when all of it is settled. */
async function settle(): Promise<void> {
  const { balanced } = await operatorApi()(runLedgerCheck, {})
  if (!balanced) throw new Error('The ledger is not balanced.')
}

try {
  await openMarket()
  const traders = await signInTraders(platform.url)
  const targets = {
    empty: emptyTarget(empty.port),
    resting: ordersTarget(platform.url, traders, 'resting'),
    trading: ordersTarget(platform.url, traders, 'trading'),
  }
  const cpuUsed = (kind: Kind): Cpu => ({
    asked: cpuMicroseconds(kind === 'empty' ? empty.pid : platform.pid('kernel')),
    engine: cpuMicroseconds(platform.pid('engine')),
    mariadb: cpuMicroseconds(platform.pid('mariadb')),
  })
  for (let round = 0; round <= rounds; round++) {
    for (const kind of kinds) {
      const before = cpuUsed(kind)
      const result = await playRound(targets[kind], { connections, seconds })
      const after = cpuUsed(kind)
      await settle()
      const each = (name: keyof Cpu) => (after[name] - before[name]) / result.latencies.length
      const cpu = { asked: each('asked'), engine: each('engine'), mariadb: each('mariadb') }
      // The first of each runs before the code is compiled.
      if (round > 0) played[kind].push({ ...result, cpu })
    }
  }
} finally {
  empty.stop()
  await stop()
}

console.log(
  `orders: ${connections} connections, median of ${rounds} rounds of ${seconds} s in turn, caller and database on the same ${machine}`,
)
const columns = ['per second', 'p50 ms', 'p99 ms', 'µs asked', 'µs engine', 'µs MariaDB']
console.log(' '.repeat(30) + columns.map((column) => column.padStart(11)).join(''))
const names = {
  empty: 'moleculer-web, empty POST',
  resting: 'order that rests',
  trading: 'order of a pair that trades',
}
const figures: Record<string, number> = {}
const rate = (kind: Kind): number => median(played[kind].map(({ perSecond }) => perSecond))
const cpuOf = (kind: Kind, name: keyof Cpu): number => median(played[kind].map(({ cpu }) => cpu[name]))
for (const kind of kinds) {
  const latencies = played[kind].flatMap((round) => round.latencies)
  const behind = {
    engine_cpu_us: Math.round(cpuOf(kind, 'engine')),
    mariadb_cpu_us: Math.round(cpuOf(kind, 'mariadb')),
  }
  const row = {
    per_second: Math.round(rate(kind)),
    p50_ms: rounded(percentile(latencies, 0.5), 1),
    p99_ms: rounded(percentile(latencies, 0.99), 1),
    cpu_us: Math.round(cpuOf(kind, 'asked')),
    ...(kind === 'empty' ? {} : behind),
  }
  const cells = Object.values(row).map((cell) => String(cell).padStart(11))
  console.log(names[kind].padEnd(30) + cells.join(''))
  for (const [name, value] of Object.entries(row)) figures[`${kind}_${name}`] = value
  if (kind === 'empty') continue
  figures[`${kind}_ratio`] = rounded(rate(kind) / rate('empty'), 3)
  figures[`${kind}_cpu_ratio`] = rounded(cpuOf('empty', 'asked') / cpuOf(kind, 'asked'), 3)
}
console.log(JSON.stringify({ bench: 'orders', figures }))
