import assert from 'node:assert/strict'
import type { EngineClient } from '../index.ts'
import { EngineProcess, market } from './engine-process.ts'

/** Answers once `account` has that many open orders. */
async function untilOpen(client: EngineClient, account: number, count: number): Promise<void> {
  const deadline = performance.now() + 40_000
  for (;;) {
    const { orders } = await client.openOrders({ account })
    if (orders.length === count) return
    assert.ok(performance.now() < deadline, `account ${account} still has ${orders.length} orders`)
  }
}

describe('guarded account', function () {
  this.timeout(90_000)
  let engine: EngineProcess
  let watcher: EngineClient

  async function buy(client: EngineClient, account: number, id: string): Promise<void> {
    const order = { side: 'buy', type: 'limit', timeInForce: 'GTC', price: '1', quantity: '1' } as const
    await client.submit({ op: 'place', market: 'BTC-USDT', account, id, ...order })
  }

  beforeEach(async () => {
    engine = new EngineProcess()
    await engine.start()
    watcher = engine.client()
    await watcher.submit(market)
    for (const account of [1, 2]) {
      await watcher.submit({ op: 'deposit', account, asset: 'USDT', amount: '10000' })
    }
  })

  afterEach(() => engine.dispose())

  it('loses its orders with the connection, and no other account does', async () => {
    const client = engine.client()
    await client.guard(1)
    for (let n = 0; n < 1100; n++) void buy(client, 1, `a${n}`)
    await buy(client, 2, 'b')
    await untilOpen(watcher, 1, 1100)
    client.close()
    await untilOpen(watcher, 1, 0)
    await untilOpen(watcher, 2, 1)
    assert.equal((await watcher.balances(1)).balances[0]!.held, '0')
  })

  it('keeps its orders when a later connection has taken it over', async () => {
    const first = engine.client()
    const second = engine.client()
    await first.guard(1)
    await second.guard(1)
    await first.guard(2)
    await buy(second, 1, 'a')
    await buy(first, 2, 'b')
    first.close()
    await untilOpen(watcher, 2, 0)
    await untilOpen(watcher, 1, 1)
    second.close()
    await untilOpen(watcher, 1, 0)
  })

  it('loses its orders when the engine is killed and starts again', async () => {
    const client = engine.client()
    await client.guard(1)
    await buy(client, 1, 'a')
    await engine.stop('SIGKILL')
    await engine.start()
    const after = engine.client()
    await after.ready()
    await untilOpen(after, 1, 0)
    await client.ready()
    await client.guard(1)
    await buy(client, 1, 'a')
    await untilOpen(after, 1, 1)
  })
})
