import type { Follower, MarketEvent, PluginKernel } from '@cambium/kernel'
import { createFilledOrders } from './filled-orders.ts'
import { saveFills } from './fills.model.ts'
import { projectEvents, type Projection } from './order-projection.ts'
import { lockOrders, saveOrders } from './orders.model.ts'

export const orderFollowerName = 'spot.orders'

type Database = PluginKernel['database']

async function readCheckpoint(database: Database, name: string, isLocking: boolean): Promise<number> {
  const query = database('spot_checkpoints').where({ name }).first('seq')
  const row = (await (isLocking ? query.forUpdate() : query)) as { seq: string } | undefined
  return row === undefined ? 0 : Number(row.seq)
}

async function writeCheckpoint(trx: Database, name: string, seq: number): Promise<void> {
  await trx('spot_checkpoints')
    .insert({ name, seq: String(seq) })
    .onConflict('name')
    .merge(['seq'])
}

function orderIdsOf(events: readonly MarketEvent[]): string[] {
  const ids = new Set<string>()
  for (const event of events) {
    if (event.event === 'trade' || event.event === 'prevented')
      ids.add(event.takerOrderId).add(event.makerOrderId)
    else if (event.event !== 'accepted') ids.add(event.orderId)
  }
  return [...ids]
}

/**
 * Keeps `spot_orders` and `spot_fills` equal to the engine's events. Rows and checkpoint change in one transaction,
 * and events at or below the checkpoint are passed over, so that each counts once whoever else follows.
 */
export function createOrderFollower(
  kernel: PluginKernel,
  onProjected: (projection: Projection, seq: number) => void,
): Follower {
  const { database } = kernel
  const emitFilled = createFilledOrders(kernel)
  return {
    name: orderFollowerName,
    checkpoint: (name) => readCheckpoint(database, name, false),
    async apply(events, lastSeq, name) {
      const projection = await database.transaction(async (trx) => {
        const checkpoint = await readCheckpoint(trx, name, true)
        if (lastSeq <= checkpoint) return null
        const fresh = events.filter((event) => event.seq > checkpoint)
        const projected = projectEvents(await lockOrders(trx, orderIdsOf(fresh)), fresh)
        await saveOrders(trx, [...projected.orders.values()])
        await saveFills(trx, projected.fills)
        await emitFilled(trx, projected)
        await writeCheckpoint(trx, name, lastSeq)
        return projected
      })
      if (projection) onProjected(projection, lastSeq)
    },
  }
}
