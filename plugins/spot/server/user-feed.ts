import type { PluginKernel } from '@cambium/kernel'
import type { Projection } from './order-projection.ts'
import { orderFollowerName } from './order-follower.ts'
import { ownOrder, pageOfOrders } from './orders.model.ts'
import type { Fill, Order } from '../routes/orders.ts'

const BALANCES_MS = 100
const OPEN_ORDERS_SHOWN = 200

export interface UserFeed {
  publish(projection: Projection, seq: number): void
}

interface OwnNews {
  readonly orders: Order[]
  readonly fills: Fill[]
}

function newsByUser({ orders, fills }: Projection): ReadonlyMap<string, OwnNews> {
  const news = new Map<string, OwnNews>()
  const of = (userId: string): OwnNews => {
    const known = news.get(userId) ?? { orders: [], fills: [] }
    news.set(userId, known)
    return known
  }
  for (const order of orders.values()) of(order.userId).orders.push(ownOrder(order))
  for (const { userId, ...fill } of fills) of(userId).fills.push(fill)
  return news
}

/** Tells each user of the own orders, fills and balances. Balances follow a little later, many changes as one. */
export function startUserFeed(kernel: PluginKernel): UserFeed {
  const { database, exchange, channels } = kernel
  const changed = new Set<string>()

  channels.provide('spot.orders', async ({ key }) => {
    await exchange.readYourWrites(orderFollowerName, key)
    const { items } = await pageOfOrders(database, { userId: key, state: 'open', limit: OPEN_ORDERS_SHOWN })
    return { orders: items.map(ownOrder), fills: [] }
  })
  channels.provide('spot.balances', async ({ key }) => ({ items: await exchange.balances(key) }))

  kernel.every(BALANCES_MS, async () => {
    const users = [...changed]
    changed.clear()
    // Side by side: while an engine is away each of them waits for it.
    const pushes = await Promise.allSettled(
      users.map(async (userId) => {
        channels.publish('spot.balances', userId, { items: await exchange.balances(userId) })
      }),
    )
    for (const push of pushes) if (push.status === 'rejected') throw push.reason
  })

  return {
    publish(projection, seq) {
      for (const [userId, news] of newsByUser(projection)) {
        channels.publish('spot.orders', userId, { seq, ...news })
        changed.add(userId)
      }
    },
  }
}
