import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ParamsOf, ResultOf, Route } from '@cambium/kernel/contract'
import { disablePlugin, enablePlugin, reloadPlugin } from '@cambium/kernel/plugins/routes'
import { createKernel, type KernelParts } from '../../../kernel/composition.ts'
import { connect, migrate } from '../../../kernel/connections.ts'
import { provideEngine } from '../../../kernel/exchange/test/engine-process.ts'
import { testServices } from '../../../kernel/testing/services.ts'
import { plugin } from '../plugin.ts'
import { createMarket } from '../routes/markets.ts'
import { bitcoinMarket } from './markets.fixture.ts'

export interface Caller {
  readonly userId?: string
  /** Idempotency key; a new one unless given. */
  readonly key?: string
}

/** The whole kernel with a real engine, and Spot enabled in it. */
export interface SpotPlace {
  readonly parts: KernelParts
  readonly port: number
  /** As that user, or as the operator when there is none. */
  call<X extends Route>(route: X, params: ParamsOf<X>, caller?: Caller): Promise<ResultOf<X>>
  fund(userId: string, amounts: Readonly<Record<string, string>>): Promise<void>
  disable(): Promise<void>
  enable(): Promise<void>
  reload(): Promise<void>
  /** Asserts that nothing was created or destroyed, and that engine and ledger agree. */
  assertBalanced(): Promise<void>
  close(): Promise<void>
}

const WITHIN_MS = 10_000

/** Asks again until the answer satisfies, and fails with the last one when it never does. */
export async function eventually<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + WITHIN_MS
  for (;;) {
    const answer = await ask()
    if (isRight(answer)) return answer
    if (performance.now() > deadline) assert.fail(`still ${JSON.stringify(answer)} after ${WITHIN_MS} ms`)
    await pause(20)
  }
}

/** The code of the refusal that `work` ends with. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => assert.fail('it was not refused'),
    (reason: unknown) => reason,
  )
  if (error instanceof Error && 'type' in error && typeof error.type === 'string') return error.type
  throw error
}

const permissions = new Set(
  plugin.permissions.filter(({ roles }) => roles.includes('user')).map(({ id }) => id),
)

async function defineAssets({ database, ledger }: KernelParts): Promise<void> {
  await database.transaction(async (trx) => {
    await ledger.defineAsset(trx, { id: 'BTC', name: 'Bitcoin', scale: 8, tradingScale: 8 })
    await ledger.defineAsset(trx, { id: 'ETH', name: 'Ether', scale: 18, tradingScale: 8 })
    await ledger.defineAsset(trx, { id: 'USDT', name: 'Tether', scale: 8, tradingScale: 7 })
  })
}

export async function openSpotPlace({ isDemo = false } = {}): Promise<SpotPlace> {
  const [services, engine, dataDirectory] = await Promise.all([
    testServices(),
    provideEngine(),
    mkdtemp(path.join(tmpdir(), 'cambium-spot-')),
  ])
  await migrate(services.databaseUrl)
  const kernel = createKernel({
    databaseUrl: services.databaseUrl,
    redisUrl: services.redisUrl,
    engineSocket: engine.socket,
    port: 0,
    operatorSocket: undefined,
    portalOrigin: undefined,
    adminRoot: dataDirectory,
    dataDirectory,
    isDemo,
    isSafe: false,
  })
  const { parts } = kernel
  await connect(parts)
  await kernel.start()
  await defineAssets(parts)

  const system = { principal: { kind: 'system' } } as const
  async function change(
    route: typeof enablePlugin | typeof disablePlugin | typeof reloadPlugin,
  ): Promise<void> {
    const operation = await parts.broker.call(route, { pluginId: 'spot' }, system)
    assert.equal(operation.state, 'done', operation.reason ?? undefined)
  }
  await change(enablePlugin)

  let fundings = 0
  return {
    parts,
    port: kernel.port,
    call: (route, params, { userId, key = crypto.randomUUID() } = {}) =>
      parts.broker.call(route, params, {
        principal: userId === undefined ? { kind: 'system' } : { kind: 'user', userId, permissions },
        ...(route.idempotency === 'required' ? { idempotencyKey: key } : {}),
      }),
    async fund(userId, amounts) {
      for (const [assetId, amount] of Object.entries(amounts)) {
        fundings += 1
        const origin = {
          wallet: 'spot',
          source: 'external:test',
          key: `test:${fundings}`,
          reason: 'test',
        } as const
        await parts.exchange.fund({ userId, assetId, amount, ...origin })
      }
    },
    enable: () => change(enablePlugin),
    disable: () => change(disablePlugin),
    reload: () => change(reloadPlugin),
    async assertBalanced() {
      const { balanced, breaks } = await parts.ledger.check()
      assert.ok(balanced, JSON.stringify(breaks))
    },
    async close() {
      await kernel.stop()
      await engine.remove()
      services.release()
      await rm(dataDirectory, { recursive: true, force: true })
    },
  }
}

/** The market of most tests, trading from the start. */
export async function openBitcoinMarket(place: SpotPlace): Promise<void> {
  const { id: _id, createdAt: _time, ...market } = bitcoinMarket
  await place.call(createMarket, market)
}

/** `buy 0.5 @ 60000`, or without a price a market order. */
export function order(text: string): {
  marketId: string
  side: 'buy' | 'sell'
  type: 'limit' | 'market'
  quantity: string
  price?: string
} {
  const [side, quantity = '', , price] = text.split(' ') as ['buy' | 'sell', string?, string?, string?]
  const wish = { marketId: bitcoinMarket.id, side, quantity }
  return price === undefined ? { ...wish, type: 'market' } : { ...wish, type: 'limit', price }
}
