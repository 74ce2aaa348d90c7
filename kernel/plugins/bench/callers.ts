/**
 * A thread of users that call a plugin without pause: most read its version, each fifth writes a row as a signed-in user.
 * On `begin` it times anew, on `end` it tells its tally.
 */
import { Agent, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

export interface Calling {
  readonly origin: string
  readonly cookie: string
  readonly callers: number
}

/** What the callers saw: latencies since they were last told to begin, everything else since ever. */
export interface Tally {
  readonly latenciesMs: number[]
  written: number
  readonly failures: string[]
}

export type CallersOrder = 'begin' | 'end' | 'stop'

const { origin, cookie, callers } = workerData as Calling
const agent = new Agent({ keepAlive: true, maxSockets: callers })
let csrfToken = ''
let tally: Tally | undefined
let isOver = false

function ask(method: 'GET' | 'POST', path: string, body?: string): Promise<{ status: number; text: string }> {
  const headers = method === 'POST' ? { 'content-type': 'application/json', 'x-csrf-token': csrfToken } : {}
  return new Promise((resolve, reject) => {
    const asked = request(
      `${origin}/api${path}`,
      { agent, method, headers: { cookie, ...headers } },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        )
        answer.on('error', reject)
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

async function callOnce(isWriter: boolean): Promise<void> {
  const startedAt = performance.now()
  const asked = isWriter ? ask('POST', '/sample/notes', '{"text":"x"}') : ask('GET', '/sample/ping')
  const outcome = await asked.catch((error: Error) => ({ status: 0, text: error.message }))
  if (!tally) return
  if (outcome.status !== 200) tally.failures.push(`${outcome.status} ${outcome.text}`)
  else if (isWriter) tally.written += 1
  tally.latenciesMs.push(performance.now() - startedAt)
}

async function call(index: number): Promise<void> {
  while (!isOver) await callOnce(index % 5 === 4)
}

const session = await ask('GET', '/identity/session')
csrfToken = (JSON.parse(session.text) as { csrfToken: string }).csrfToken

const begun = Promise.withResolvers<void>()
let calling: Promise<unknown> = Promise.resolve()
parentPort?.on('message', (order: CallersOrder) => {
  if (order === 'begin') {
    tally = { latenciesMs: [], written: tally?.written ?? 0, failures: tally?.failures ?? [] }
    begun.resolve()
    return
  }
  if (order === 'end') {
    parentPort?.postMessage(tally)
    return
  }
  isOver = true
  void calling.then(() => {
    agent.destroy()
    parentPort?.postMessage(tally)
    parentPort?.close()
  })
})
await begun.promise
calling = Promise.all(Array.from({ length: callers }, (_, index) => call(index)))
