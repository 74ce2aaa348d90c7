/** A node under load in a process of its own, for a test to kill. Writes a line for everything it was answered. */
import { setTimeout as pause } from 'node:timers/promises'
import { startNode, type Addresses } from './exchange-place.ts'
import { createRandom, randomOrder } from './random-flow.ts'

const [addresses, seed] = JSON.parse(process.argv[2] ?? '') as [Addresses, number]
const node = await startNode(addresses)
const random = createRandom(seed)

function told(fact: object): void {
  process.stdout.write(`${JSON.stringify(fact)}\n`)
}

async function transferOnAndOn(userId: string, lane: number): Promise<void> {
  for (let number = 0; ; number += 1) {
    const [source, target] = random(2) === 0 ? (['funding', 'spot'] as const) : (['spot', 'funding'] as const)
    const key = `${seed}-${lane}-${number}`
    const request = { userId, assetId: 'USDT', amount: String(1 + random(5)), source, target, key }
    try {
      const { id, state } = await node.exchange.transfer(request)
      told({ transfer: id, state })
    } catch (error) {
      told({ refused: String((error as { type?: string }).type ?? error) })
    }
  }
}

async function tradeOnAndOn(userId: string, lane: number): Promise<void> {
  for (let number = 0; ; number += 1) {
    const placed = await node.exchange.place(randomOrder(random, userId, `${seed}-${lane}-${number}`))
    told({ order: placed.orderId, trades: placed.fills.map((fill) => fill.tradeId) })
    await pause(4)
  }
}

told({ ready: true })
await Promise.all([
  ...['ann', 'ben', 'cas', 'ann', 'ben', 'cas', 'ann', 'ben'].map(transferOnAndOn),
  ...['ann', 'ben', 'cas', 'ann', 'ben'].map(tradeOnAndOn),
])
