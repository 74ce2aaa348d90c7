import { implement, type Implementation } from '@cambium/kernel'
import * as routes from '../routes/orders.ts'
import { listFills, reviewTrades } from '../routes/trades.ts'
import { spotRefusals } from '../routes/refusals.ts'
import { fillsOfOrder, pageOfFills, pageOfTrades } from './fills.model.ts'
import { orderFollowerName } from './order-follower.ts'
import type { ProjectedOrder } from './order-projection.ts'
import { findOrder, ownOrder, pageOfOrders, reviewedOrder } from './orders.model.ts'
import type { SpotParts } from './parts.ts'

const PAGE_ROWS = 50

/** Handlers of everything a user does with own orders, and of what the operator reads about all of them. */
export function orderImplementations(parts: SpotParts): Implementation<never>[] {
  return [...writes(parts), ...ownReads(parts), ...reviews(parts)]
}

/** Refuses an order that is not there and one that is somebody else's alike: ids tell nothing. */
async function ownedOrder({ kernel }: SpotParts, orderId: string, userId: string): Promise<ProjectedOrder> {
  await kernel.exchange.readYourWrites(orderFollowerName, userId)
  const order = await findOrder(kernel.database, orderId)
  if (!order || order.userId !== userId) throw spotRefusals.order_not_found({ orderId })
  return order
}

function writes(parts: SpotParts): Implementation<never>[] {
  const { exchange } = parts.kernel
  return [
    implement(routes.placeOrder, async ({ params, userId, once }) => {
      await parts.desk.assertThere(params.marketId)
      return await once(async (key) => {
        const placed = await exchange.place({ ...params, userId, key })
        return { ...placed, fills: [...placed.fills] }
      })
    }),
    implement(routes.cancelOrder, async ({ params: { orderId }, userId, once }) => {
      const { marketId } = await ownedOrder(parts, orderId, userId)
      return await once((key) => exchange.cancel({ userId, marketId, orderId, key }))
    }),
    implement(routes.amendOrder, async ({ params: { orderId, price, quantity }, userId, once }) => {
      const { marketId } = await ownedOrder(parts, orderId, userId)
      const terms = {
        ...(price === undefined ? {} : { price }),
        ...(quantity === undefined ? {} : { quantity }),
      }
      return await once(async (key) => {
        const amended = await exchange.amend({ userId, marketId, orderId, ...terms, key })
        return { ...amended, fills: [...amended.fills] }
      })
    }),
    implement(routes.cancelAllOrders, async ({ params: { marketId }, userId, once }) => {
      if (marketId !== undefined) await parts.desk.require(marketId)
      return await once((key) => exchange.cancelAll({ userId, key, ...(marketId ? { marketId } : {}) }))
    }),
  ]
}

function ownReads(parts: SpotParts): Implementation<never>[] {
  const { database, exchange } = parts.kernel
  return [
    implement(routes.listOrders, async ({ params, userId }) => {
      await exchange.readYourWrites(orderFollowerName, userId)
      const orders = await pageOfOrders(database, { ...params, userId, limit: params.limit ?? PAGE_ROWS })
      return { ...orders, items: orders.items.map(ownOrder) }
    }),
    implement(routes.showOrder, async ({ params, userId }) => {
      const order = await ownedOrder(parts, params.orderId, userId)
      return { order: ownOrder(order), fills: await fillsOfOrder(database, order.id) }
    }),
    implement(listFills, async ({ params, userId }) => {
      await exchange.readYourWrites(orderFollowerName, userId)
      return await pageOfFills(database, { ...params, userId, limit: params.limit ?? PAGE_ROWS })
    }),
  ]
}

function reviews({ kernel: { database } }: SpotParts): Implementation<never>[] {
  return [
    implement(routes.reviewOrders, async ({ params }) => {
      const orders = await pageOfOrders(database, { ...params, limit: params.limit ?? PAGE_ROWS })
      return { ...orders, items: orders.items.map(reviewedOrder) }
    }),
    implement(reviewTrades, ({ params }) =>
      pageOfTrades(database, { ...params, limit: params.limit ?? PAGE_ROWS }),
    ),
  ]
}
