import { Agent, type OutgoingHttpHeaders, request } from 'node:http'
import { operatorApi } from '../../kernel/cli/operator-api.ts'
import { createApi } from '../../kernel/contract/index.ts'
import { createFunding } from '../../kernel/exchange/routes.ts'
import { createUser, login } from '../../kernel/identity/routes.ts'
import { enablePlugin } from '../../kernel/plugins/routes.ts'
import { createMarket } from '../../plugins/spot/routes/markets.ts'
import { placeOrder } from '../../plugins/spot/routes/orders.ts'

interface Trader {
  readonly cookie: string
  readonly csrfToken: string
}

interface Post {
  readonly headers: OutgoingHttpHeaders
  readonly body: string
}

/** Where requests go, and what the n-th one says. */
export interface Target {
  readonly port: number
  readonly path: string
  readonly post: (n: number) => Post
}

export interface Round {
  readonly perSecond: number
  readonly latencies: readonly number[]
}

const TRADERS = 8
const password = 'correct horse battery'

/** Enables Spot and opens a market of the bench's own, in which no market maker quotes. */
export async function openMarket(): Promise<void> {
  const api = operatorApi()
  const { state, reason } = await api(enablePlugin, { pluginId: 'spot', approveGrants: true })
  if (state !== 'done') throw new Error(`Spot could not be enabled: ${reason}`)
  const sizes = { tickSize: '0.01', lotSize: '0.00001', notionalMin: '0.01' }
  const fees = { makerFeePpm: 1000, takerFeePpm: 1000 }
  const assets = { baseAssetId: 'BTC', quoteAssetId: 'ETH' }
  await api(createMarket, { ...assets, ...sizes, ...fees, state: 'trading' })
}

export function signInTraders(url: string): Promise<Trader[]> {
  return Promise.all(Array.from({ length: TRADERS }, (_, n) => signInTrader(url, `trader-${n}@example.org`)))
}

async function signInTrader(url: string, email: string): Promise<Trader> {
  const { id: userId } = await operatorApi()(createUser, { email, password })
  for (const [assetId, amount] of [
    ['BTC', '10000'],
    ['ETH', '10000000'],
  ] as const) {
    await operatorApi()(createFunding, { userId, assetId, amount, wallet: 'spot', reason: 'For the bench' })
  }
  let cookie = ''
  const keepCookie: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
    return response
  }
  const { csrfToken } = await createApi({ baseUrl: `${url}/api`, fetch: keepCookie })(login, {
    email,
    password,
  })
  return { cookie, csrfToken }
}

/** `resting` orders of both sides never meet; `trading` ones come in pairs of one price. */
export function ordersTarget(url: string, traders: readonly Trader[], kind: 'resting' | 'trading'): Target {
  const post = (n: number): Post => {
    const side = n % 2 === 0 ? 'buy' : 'sell'
    const distance = side === 'buy' ? -100 - (n % 50) : 100 + (n % 50)
    const price = String(kind === 'resting' ? 1000 + distance : 1000)
    const order = { marketId: 'BTC-ETH', side, type: 'limit', timeInForce: 'GTC', quantity: '0.001', price }
    const { cookie, csrfToken } = traders[n % traders.length] as Trader
    const key = { 'idempotency-key': crypto.randomUUID() }
    return { headers: { cookie, 'x-csrf-token': csrfToken, ...key }, body: JSON.stringify(order) }
  }
  return { port: Number.parseInt(new URL(url).port, 10), path: `/api${placeOrder.path}`, post }
}

export function emptyTarget(port: number): Target {
  return { port, path: '/api/empty', post: () => ({ headers: {}, body: '{}' }) }
}

/** Each connection sends its next request when the last one was answered. */
export async function playRound(
  target: Target,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Round> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const latencies: number[] = []
  const startedAt = performance.now()
  let sent = 0
  const caller = async (): Promise<void> => {
    while (performance.now() - startedAt < seconds * 1000) {
      const sentAt = performance.now()
      await send(target, agent, sent++)
      latencies.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: connections }, caller))
  const perSecond = latencies.length / ((performance.now() - startedAt) / 1000)
  agent.destroy()
  return { perSecond, latencies }
}

function send({ port, path, post }: Target, agent: Agent, n: number): Promise<void> {
  const { headers, body } = post(n)
  const length = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, path, method: 'POST', agent, headers: { ...length, ...headers } },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.once('end', () => {
          if (answer.statusCode === 200) resolve()
          else reject(new Error(`${path} answered ${answer.statusCode}: ${Buffer.concat(chunks).toString()}`))
        })
      },
    )
    sent.once('error', reject)
    sent.end(body)
  })
}
