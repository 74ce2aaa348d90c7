import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { disablePlugin, reloadPlugin } from '@cambium/kernel/plugins/routes'
import { createTestKernel, type TestKernel, type TestUser } from '@cambium/kernel/testing'
import { createMarket } from '../routes/markets.ts'
import { bitcoinMarket } from './markets.fixture.ts'

/** Somebody who calls: given to `call` as it is. */
export interface Trader {
  readonly as: TestUser
}

/** A kernel with Spot enabled in it. */
export interface SpotPlace {
  readonly kernel: TestKernel
  readonly call: TestKernel['call']
  trader(spot?: Readonly<Record<string, string>>): Promise<Trader>
  disable(): Promise<void>
  reload(): Promise<void>
  /** Asserts that nothing was created or destroyed, and that engine and ledger agree. */
  assertBalanced(): Promise<void>
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

/** The code of the refusal that `work` ends with: the client's problem, or the kernel's own error. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => assert.fail('it was not refused'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof Error)) throw error
  if ('type' in error && typeof error.type === 'string') return error.type
  if ('code' in error && typeof error.code === 'string') return error.code
  throw error
}

export async function openSpotPlace({ isDemo = false } = {}): Promise<SpotPlace> {
  const kernel = await createTestKernel({ plugins: ['spot'], isDemo })
  const change = async (route: typeof disablePlugin | typeof reloadPlugin): Promise<void> => {
    const operation = await kernel.call(route, { pluginId: 'spot' })
    assert.equal(operation.state, 'done', operation.reason ?? undefined)
  }
  return {
    kernel,
    call: kernel.call,
    trader: async (spot = {}) => ({ as: await kernel.createUser({ spot }) }),
    disable: () => change(disablePlugin),
    reload: () => change(reloadPlugin),
    async assertBalanced() {
      const { balanced, breaks } = await kernel.parts.ledger.check()
      assert.ok(balanced, JSON.stringify(breaks))
    },
  }
}

/** The market of most tests, trading from the start. */
export async function openBitcoinMarket(place: SpotPlace): Promise<void> {
  const { id: _id, revision: _revision, createdAt: _time, ...market } = bitcoinMarket
  await place.call(createMarket, market)
}

interface OrderWish {
  readonly marketId: string
  readonly side: 'buy' | 'sell'
  readonly type: 'limit' | 'market'
  readonly quantity: string
  readonly price?: string
}

/** `buy 0.5 @ 60000`, or without a price a market order. */
export function order(text: string): OrderWish {
  const [side, quantity = '', , price] = text.split(' ') as ['buy' | 'sell', string?, string?, string?]
  const wish = { marketId: bitcoinMarket.id, side, quantity }
  return price === undefined ? { ...wish, type: 'market' } : { ...wish, type: 'limit', price }
}
