import type { NewActivity, PluginKernel } from '@cambium/kernel'
import { assetsOf } from '../routes/market-rules.ts'
import type { ProjectedOrder, Projection } from './order-projection.ts'

type Transaction = Parameters<PluginKernel['activity']['record']>[0]

/** One entry an order: what of it has traded so far, and whether more may come. */
function activityOf(order: ProjectedOrder): NewActivity {
  const { id, userId, marketId, side, status, filledQuantity, filledNotional } = order
  const { base, quote } = assetsOf(marketId)
  const isRunning = status === 'open' || status === 'partiallyFilled'
  return {
    userId,
    kind: 'spot.order',
    key: id,
    link: `/trade/${marketId}`,
    assetId: base,
    title: side === 'buy' ? 'activity.bought' : 'activity.sold',
    amount: side === 'buy' ? filledQuantity : `-${filledQuantity}`,
    state: isRunning ? 'pending' : 'done',
    data: { orderId: id, marketId, quantity: filledQuantity, base, notional: filledNotional, quote },
  }
}

/** Writes the orders that traded, or ended after they had, into the feeds of their owners. */
export async function recordOrders(
  { activity }: PluginKernel,
  trx: Transaction,
  { orders }: Projection,
  isHouse: (userId: string) => Promise<boolean>,
): Promise<void> {
  const entries: NewActivity[] = []
  for (const order of orders.values()) {
    if (order.filledQuantity === '0' || (await isHouse(order.userId))) continue
    entries.push(activityOf(order))
  }
  await activity.record(trx, entries)
}
