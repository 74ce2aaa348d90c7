/** What a request costs through our gateway, beside moleculer-web as it comes, on the same machine in the same minutes. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const CONNECTIONS = 32
const ROUND_MS = 1_500
const ROUNDS = 5

const kinds = ['ours', 'stock'] as const
const methods = ['GET', 'POST'] as const
type Kind = (typeof kinds)[number]
type Method = (typeof methods)[number]

interface EmptyServer {
  readonly process: ChildProcess
  readonly port: number
}

interface Round {
  readonly perSecond: number
  readonly cpuMicroseconds: number
}

async function startServer(kind: Kind): Promise<EmptyServer> {
  const child = fork(fileURLToPath(new URL('empty-server.ts', import.meta.url)), [kind], {
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { process: child, port }
}

async function cpuOf({ process: child }: EmptyServer): Promise<number> {
  child.send('cpu')
  const [{ cpuMicroseconds }] = (await once(child, 'message')) as [{ cpuMicroseconds: number }]
  return cpuMicroseconds
}

function send(port: number, method: Method, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = method === 'POST' ? { 'content-type': 'application/json', 'content-length': 2 } : {}
    const sent = request({ port, path: '/api/empty', method, agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${method} answered ${response.statusCode}.`))
      response.resume().once('end', resolve)
    })
    sent.once('error', reject)
    sent.end(method === 'POST' ? '{}' : undefined)
  })
}

async function playRound(server: EmptyServer, method: Method): Promise<Round> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const cpuBefore = await cpuOf(server)
  const startedAt = performance.now()
  let requests = 0
  const caller = async (): Promise<void> => {
    while (performance.now() - startedAt < ROUND_MS) {
      await send(server.port, method, agent)
      requests += 1
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, caller))
  const seconds = (performance.now() - startedAt) / 1000
  const cpuMicroseconds = ((await cpuOf(server)) - cpuBefore) / requests
  agent.destroy()
  return { perSecond: requests / seconds, cpuMicroseconds }
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] as number
}

const servers = { ours: await startServer('ours'), stock: await startServer('stock') }
const rounds = new Map<string, Round[]>()
for (const kind of kinds) for (const method of methods) await playRound(servers[kind], method)
for (let round = 0; round < ROUNDS; round++) {
  // In turn, so that what else the machine does falls on both.
  for (const method of methods) {
    for (const kind of kinds) {
      const name = `${kind} ${method}`
      rounds.set(name, [...(rounds.get(name) ?? []), await playRound(servers[kind], method)])
    }
  }
}
for (const kind of kinds) servers[kind].process.disconnect()

console.log(
  `http: ${CONNECTIONS} connections, median of ${ROUNDS} rounds of ${ROUND_MS} ms, caller on the same ${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}`,
)
const figures: Record<string, number> = {}
for (const method of methods) {
  const rate = (kind: Kind): number =>
    median((rounds.get(`${kind} ${method}`) ?? []).map((round) => round.perSecond))
  const cpu = (kind: Kind): number =>
    Math.min(...(rounds.get(`${kind} ${method}`) ?? []).map((round) => round.cpuMicroseconds))
  for (const kind of kinds) {
    const label = `${method.padEnd(5)}${kind === 'ours' ? 'our gateway' : 'moleculer-web'}`
    console.log(
      `${label.padEnd(20)}${Math.round(rate(kind))} /s   ${Math.round(cpu(kind))} µs processor time`,
    )
  }
  const name = method.toLowerCase()
  figures[`${name}_ratio`] = Number((rate('ours') / rate('stock')).toFixed(2))
  figures[`${name}_cpu_ratio`] = Number((cpu('stock') / cpu('ours')).toFixed(2))
  figures[`${name}_per_second`] = Math.round(rate('ours'))
  figures[`${name}_cpu_microseconds`] = Math.round(cpu('ours'))
}
console.log(JSON.stringify({ bench: 'http', figures }))
