import type { DeliveredEvent, PluginKernel } from '@cambium/kernel'
import type { EventData } from '@cambium/kernel/contract'
import { orderFilled } from '../routes/events.ts'
import { recordOrders } from './activity.ts'
import { assetsOf } from '../routes/market-rules.ts'
import type { Projection } from './order-projection.ts'

type Transaction = Parameters<PluginKernel['events']['emit']>[0]
type FilledOrder = EventData<typeof orderFilled>

/** Tells of the orders that traded, in the transaction that keeps them. */
export function createFilledOrders(kernel: PluginKernel) {
  const { events, users } = kernel
  const houses = new Map<string, boolean>()

  async function isHouse(userId: string): Promise<boolean> {
    const known = houses.get(userId)
    if (known !== undefined) return known
    const found = (await users.find(userId))?.isHouse ?? true
    houses.set(userId, found)
    return found
  }

  return async (trx: Transaction, projection: Projection): Promise<void> => {
    const { orders, fills } = projection
    await recordOrders(kernel, trx, projection, isHouse)
    // A taker was answered at once; only who left an order in the book has to be told.
    const rested = new Set(fills.filter(({ role }) => role === 'maker').map(({ orderId }) => orderId))
    const items: { key: string; data: FilledOrder }[] = []
    for (const { id, status, userId, marketId, side, filledQuantity, filledNotional } of orders.values()) {
      if (status !== 'filled' || !rested.has(id) || (await isHouse(userId))) continue
      const data = { orderId: id, userId, marketId, side, quantity: filledQuantity, notional: filledNotional }
      items.push({ key: id, data })
    }
    if (items.length > 0) await events.emitAll(trx, orderFilled, items)
  }
}

/** Puts a filled order into its owner's bell. */
export function createFilledNotices(kernel: PluginKernel) {
  return async ({ data }: DeliveredEvent<FilledOrder>): Promise<void> => {
    const { orderId, userId, marketId, side, quantity, notional } = data
    const { base, quote } = assetsOf(marketId)
    const text = side === 'buy' ? 'bought' : 'sold'
    await kernel.notify({
      userId,
      kind: 'spot.orderFilled',
      title: `notices.${text}.title`,
      body: `notices.${text}.body`,
      data: { quantity, base, notional, quote },
      link: `/trade/${marketId}`,
      key: `filled:${orderId}`,
    })
  }
}
