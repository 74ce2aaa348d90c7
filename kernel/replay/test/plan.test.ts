import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Side } from '../../exchange/exchange.ts'
import { fundingFor } from '../funding.ts'
import { ReplayPlan, type ReplayOperation } from '../plan.ts'
import { readRecording, type RecordedStep } from '../recording.ts'
import { recordedStream } from './recorded-stream.ts'

interface Resting {
  readonly side: Side
  readonly price: bigint
  leaves: bigint
}

/** A venue that refuses what a real one would: a crossing maker, a taker that does not print once at its price. */
class StrictVenue {
  readonly orders = new Map<string, Resting>()
  readonly trades: { price: bigint; quantity: bigint; takerSide: Side }[] = []

  apply(operation: ReplayOperation): void {
    if (operation.op === 'cancel') {
      assert(this.orders.delete(operation.orderId), `${operation.orderId} is not open`)
      return
    }
    const { side, price, quantity } = operation
    const best = this.#best(side === 'buy' ? 'sell' : 'buy')
    if (operation.role === 'book') {
      assert(!best || (side === 'buy' ? best[1].price > price : best[1].price < price), 'a maker crosses')
      this.orders.set(operation.orderId, { side, price, leaves: quantity })
      return
    }
    assert(best && best[1].price === price, 'the best order is not at the price of the trade')
    assert(best[1].leaves >= quantity, 'one order does not meet the whole trade')
    best[1].leaves -= quantity
    if (best[1].leaves === 0n) this.orders.delete(best[0])
    this.trades.push({ price, quantity, takerSide: side })
  }

  levels(side: Side): Map<bigint, bigint> {
    const levels = new Map<bigint, bigint>()
    for (const order of this.orders.values()) {
      if (order.side === side) levels.set(order.price, (levels.get(order.price) ?? 0n) + order.leaves)
    }
    return levels
  }

  #best(side: Side): [string, Resting] | undefined {
    let best: [string, Resting] | undefined
    for (const entry of this.orders) {
      if (entry[1].side !== side) continue
      const isBetter =
        !best || (side === 'buy' ? entry[1].price > best[1].price : entry[1].price < best[1].price)
      if (isBetter) best = entry
    }
    return best
  }
}

describe('replay plan', () => {
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cambium-plan-'))
  })
  after(() => rm(directory, { recursive: true }))

  async function steps(lines: readonly string[]): Promise<readonly RecordedStep[]> {
    const file = join(directory, 'stream')
    await writeFile(file, lines.join('\n'))
    return readRecording(file, 'BTC-USDT')
  }

  it('prints every recorded trade once and equals the recorded book after every diff', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const plan = new ReplayPlan('r')
        const venue = new StrictVenue()
        const recording = await steps(recordedStream(seed, 40))
        for (const step of recording) {
          for (const operation of plan.next(step)) venue.apply(operation)
          if (step.kind === 'trade') continue
          for (const side of ['buy', 'sell'] as const) {
            assert.deepEqual(new Map(plan.recorded[side].levels()), venue.levels(side))
          }
        }
        const trades = recording.filter((step) => step.kind === 'trade')
        assert.deepEqual(
          venue.trades,
          trades.map(({ price, quantity, takerSide }) => ({ price, quantity, takerSide })),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('plays trades that were recorded before the snapshot', async () => {
    const lines = recordedStream(3, 12)
    const [snapshot = '', ...rest] = lines
    const firstDiff = rest.findIndex((line) => line.includes('depthUpdate'))
    const late = [...rest.slice(0, firstDiff), snapshot, ...rest.slice(firstDiff)]
    const venue = new StrictVenue()
    const plan = new ReplayPlan('r')
    const recording = await steps(late)
    for (const step of recording) for (const operation of plan.next(step)) venue.apply(operation)
    assert.equal(venue.trades.length, recording.filter((step) => step.kind === 'trade').length)
    assert.deepEqual(new Map(plan.recorded.buy.levels()), venue.levels('buy'))
  })

  it('equals the last diff again when trades came behind it', async () => {
    // Without its last diff the stream ends with the trades before it.
    const lines = recordedStream(7, 30).slice(0, -1)
    assert.match(lines.at(-1) ?? '', /@trade/)
    const venue = new StrictVenue()
    const plan = new ReplayPlan('r')
    for (const step of await steps(lines)) for (const operation of plan.next(step)) venue.apply(operation)
    const differs = (['buy', 'sell'] as const).some(
      (side) => !isDeepStrictEqual(new Map(plan.recorded[side].levels()), venue.levels(side)),
    )
    assert(differs)
    for (const operation of plan.finish()) venue.apply(operation)
    for (const side of ['buy', 'sell'] as const) {
      assert.deepEqual(new Map(plan.recorded[side].levels()), venue.levels(side))
    }
  })

  it('is funded for all that ever rests or trades', async () => {
    const recording = await steps(recordedStream(11, 60))
    const funding = fundingFor(recording)
    const plan = new ReplayPlan('r')
    const venue = new StrictVenue()
    for (const step of recording) {
      for (const operation of plan.next(step)) venue.apply(operation)
      const resting = [...venue.levels('sell').values()].reduce((sum, quantity) => sum + quantity, 0n)
      assert(resting <= funding.book.base, `${resting} rests, ${funding.book.base} funded`)
    }
  })
})
