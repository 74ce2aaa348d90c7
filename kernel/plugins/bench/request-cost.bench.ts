/**
 * What a request costs with 0, 10 and 100 plugins enabled: processor time of the kernel's process a request. Each kernel
 * is a process of its own; all answer in turn in every round, so that what else the machine does meets all alike, and
 * figures are ratios within a round. A second kernel without plugins says what the method itself is worth: its ratio
 * would be 1. `--rounds N --requests N --connections N`.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { machine, median, percentile, rounded } from '../../../test/bench/figures.ts'
import type { CpuUsed, RequestServer } from './request-server.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    requests: { type: 'string', default: '3000' },
    connections: { type: 'string', default: '8' },
  },
})
const rounds = Number(values.rounds)
const requests = Number(values.requests)
const connections = Number(values.connections)
const WARM_UP_ROUNDS = 2

interface Subject {
  readonly name: string
  readonly plugins: number
  readonly child: ChildProcess
  readonly server: RequestServer
  /** Microseconds of processor time a request, by path, a round each. */
  readonly cost: Record<string, number[]>
}

const program = fileURLToPath(new URL('request-server.ts', import.meta.url))
const kernelPath = '/identity/session'
const pluginPath = '/p0/ping'

async function startSubject(name: string, plugins: number): Promise<Subject> {
  const child = fork(program, [String(plugins)], { env: { ...process.env, NODE_ENV: 'production' } })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The kernel with ${plugins} plugins ended with code ${code}.`)
  })
  const [server] = (await Promise.race([once(child, 'message'), ended])) as [RequestServer]
  ended.catch(() => undefined)
  const cost: Subject['cost'] = { [kernelPath]: [], ...(plugins > 0 ? { [pluginPath]: [] } : {}) }
  return { name, plugins, child, server, cost }
}

async function cpuUsed({ child }: Subject): Promise<number> {
  child.send('cpu')
  const [{ cpuUs }] = (await once(child, 'message')) as [CpuUsed]
  return cpuUs
}

const agent = new Agent({ keepAlive: true, maxSockets: connections })

function ask({ server }: Subject, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ agent, port: server.port, path: `/api${path}` }, (answer) => {
      answer.resume()
      if (answer.statusCode !== 200) reject(new Error(`${path} answers ${answer.statusCode}.`))
      answer.on('end', resolve)
    }).on('error', reject)
  })
}

async function play(subject: Subject, path: string): Promise<number> {
  const before = await cpuUsed(subject)
  let left = requests
  const caller = async (): Promise<void> => {
    while (left-- > 0) await ask(subject, path)
  }
  await Promise.all(Array.from({ length: connections }, caller))
  return ((await cpuUsed(subject)) - before) / requests
}

const subjects: Subject[] = []
try {
  for (const [name, plugins] of [
    ['none', 0],
    ['none, again', 0],
    ['10 plugins', 10],
    ['100 plugins', 100],
  ] as const) {
    subjects.push(await startSubject(name, plugins))
  }
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const path of [kernelPath, pluginPath]) {
      // Whoever is first in one round is last in the next.
      const turns = round % 2 === 0 ? subjects : subjects.toReversed()
      for (const subject of turns) {
        const costs = subject.cost[path]
        if (!costs) continue
        const cost = await play(subject, path)
        if (round >= 0) costs.push(cost)
      }
    }
  }
} finally {
  agent.destroy()
  for (const { child } of subjects) {
    if (!child.connected) continue
    child.disconnect()
    await once(child, 'exit')
  }
}

/** Of one subject to another, round by round. */
function ratios(of: Subject | undefined, to: Subject | undefined, path: string): number[] {
  const base = to?.cost[path] ?? []
  return (of?.cost[path] ?? []).map((cost, round) => cost / (base[round] ?? Number.NaN))
}

const [none, again, ten, hundred] = subjects
console.log(
  `request-cost: ${rounds} rounds of ${requests} requests on ${connections} connections to each, ${machine}`,
)
console.log(
  `${'processor time a request'.padEnd(34)}${['min µs', 'median µs', 'to none', 'p25', 'p75'].map((c) => c.padStart(11)).join('')}`,
)
for (const [path, base] of [
  [kernelPath, none],
  [pluginPath, ten],
] as const) {
  for (const subject of subjects) {
    const costs = subject.cost[path]
    if (!costs) continue
    const to = ratios(subject, base, path)
    const cells = [
      percentile(costs, 0).toFixed(1),
      median(costs).toFixed(1),
      ...[0.5, 0.25, 0.75].map((share) => percentile(to, share).toFixed(3)),
    ]
    const what = path === kernelPath ? 'a route of the kernel' : 'a route of a plugin, to 10'
    console.log(
      `${subject.name.padEnd(13)}${what.padEnd(28)}${cells.map((cell) => cell.padStart(11)).join('')}`,
    )
  }
}
const enabledMs = hundred?.server.enabledMs ?? []
const [early, late] = [enabledMs.slice(0, 10), enabledMs.slice(-10)].map(median)
console.log(
  `enabling the first ten of a hundred took ${early?.toFixed(0)} ms each, the last ten ${late?.toFixed(0)} ms`,
)

const figures = {
  ratio_100_plugins: rounded(median(ratios(hundred, none, kernelPath)), 3),
  ratio_10_plugins: rounded(median(ratios(ten, none, kernelPath)), 3),
  ratio_none_again: rounded(median(ratios(again, none, kernelPath)), 3),
  ratio_100_to_10_plugin_route: rounded(median(ratios(hundred, ten, pluginPath)), 3),
  request_cpu_us: rounded(median(none?.cost[kernelPath] ?? []), 1),
  enable_ms_first_ten: rounded(early ?? Number.NaN),
  enable_ms_last_ten: rounded(late ?? Number.NaN),
}
console.log(JSON.stringify({ bench: 'request-cost', figures }))
