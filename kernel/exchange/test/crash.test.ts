import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { EngineEvent } from '@cambium/engine'
import { silentLogger } from '../../broker/index.ts'
import { EngineLink } from '../engine-link.ts'
import { eventually } from './eventually.ts'
import { openExchangePlace, type ExchangePlace } from './exchange-place.ts'
import { createRandom, randomOrder } from './random-flow.ts'

const users = ['ann', 'ben', 'cas'] as const
const program = fileURLToPath(new URL('trading-process.ts', import.meta.url))

async function fundAll(place: ExchangePlace): Promise<void> {
  for (const userId of users) {
    await place.fund(userId, { BTC: '1000', USDT: '1000000' })
    const funding = { userId, assetId: 'USDT', amount: '10000', wallet: 'funding' } as const
    await place.exchange.fund({ ...funding, source: 'external:test', key: `own-${userId}`, reason: 'test' })
  }
}

/** Everything the engine ever did. */
async function allEvents({ engine }: ExchangePlace): Promise<EngineEvent[]> {
  const link = new EngineLink({ socket: engine.socket, log: silentLogger })
  const events: EngineEvent[] = []
  const seq = await link.seq()
  const controller = new AbortController()
  const take = (batch: readonly EngineEvent[]): Promise<void> => {
    events.push(...batch)
    if ((batch.at(-1)?.seq ?? 0) >= seq) controller.abort()
    return Promise.resolve()
  }
  await link.follow(1, take, controller.signal)
  link.close()
  return events
}

/** Every answered order was accepted once, and the ledger has every trade once. */
async function assertOnce(
  place: ExchangePlace,
  orders: readonly string[],
  trades: readonly string[],
): Promise<void> {
  const events = await allEvents(place)
  const accepted = events.filter((event) => event.event === 'accepted').map((event) => String(event.order))
  assert.equal(new Set(accepted).size, accepted.length)
  const known = new Set(accepted)
  assert.deepEqual(
    orders.filter((orderId) => !known.has(orderId)),
    [],
  )
  assert.equal(new Set(orders).size, orders.length)
  const traded = events.filter((event) => event.event === 'trade').map((event) => String(event.seq))
  const knownTrades = new Set(traded)
  assert.deepEqual(
    trades.filter((tradeId) => !knownTrades.has(tradeId)),
    [],
  )
  await place.assertBalanced()
  const [{ settled } = { settled: 0 }] = await place
    .database('ledger_entries')
    .where({ kind: 'exchange.trade' })
    .count({ settled: '*' })
  assert.equal(Number(settled), traded.length)
  const stored = await place.exchange.trades({ marketId: 'BTC-USDT', limit: 100_000 })
  assert.deepEqual(stored.map((trade) => trade.tradeId).reverse(), traded)
}

describe('exchange after kill -9', () => {
  let place: ExchangePlace
  beforeEach(async () => {
    place = await openExchangePlace()
    await fundAll(place)
  })
  afterEach(() => place.close())

  it('of the engine under load has every answered order once, and the ledger agrees', async () => {
    const random = createRandom(7)
    const orders: string[] = []
    const trades: string[] = []
    let isLoading = true
    const load = users.flatMap((userId) =>
      [0, 1, 2, 3].map(async (lane) => {
        for (let number = 0; isLoading; number += 1) {
          const placed = await place.exchange.place(
            randomOrder(random, userId, `${userId}-${lane}-${number}`),
          )
          orders.push(placed.orderId)
          trades.push(...placed.fills.map((fill) => fill.tradeId))
        }
      }),
    )
    for (let crash = 1; crash <= 3; crash += 1) {
      const enough = orders.length + 150
      await eventually('orders are answered', () => orders.length > enough)
      await place.engine.kill()
      await place.engine.start()
    }
    const enough = orders.length + 50
    await eventually('orders are answered after the last start', () => orders.length > enough)
    isLoading = false
    await Promise.all(load)
    await assertOnce(place, orders, trades)
  })

  it('of the kernel under load has every answered order and transfer once, and no transfer half-way', async () => {
    await place.exchange.stop()
    const orders: string[] = []
    const trades: string[] = []
    const transfers = new Set<string>()
    for (let seed = 1; seed <= 4; seed += 1) {
      const { databaseUrl, redisUrl, engines } = place
      const options = JSON.stringify([{ databaseUrl, redisUrl, engines }, seed])
      const child = spawn(process.execPath, [program, options], { stdio: ['ignore', 'pipe', 'inherit'] })
      const exited = once(child, 'exit')
      let answers = 0
      for await (const line of createInterface({ input: child.stdout })) {
        // What the platform logs is not ours to read.
        if (!line.startsWith('{')) continue
        const fact = JSON.parse(line) as {
          order?: string
          trades?: string[]
          transfer?: string
          state?: string
        }
        if (fact.order !== undefined) orders.push(fact.order)
        trades.push(...(fact.trades ?? []))
        if (fact.transfer === undefined) continue
        if (fact.state === 'done') transfers.add(fact.transfer)
        // Many others are under way at this moment, each at another step.
        if ((answers += 1) === 10 + seed * 3) child.kill('SIGKILL')
      }
      await exited
    }
    assert.ok(transfers.size > 40, `only ${transfers.size} transfers were answered`)
    await place.restart()
    const open = () => place.database('exchange_transfers').where({ state: 'open' })
    await eventually('every transfer has ended', async () => (await open()).length === 0)
    const done = (await place.database('exchange_transfers').where({ state: 'done' })) as { id: string }[]
    const ended = new Set(done.map(({ id }) => id))
    assert.deepEqual(
      [...transfers].filter((id) => !ended.has(id)),
      [],
    )
    await assertOnce(place, orders, trades)
  })
})
