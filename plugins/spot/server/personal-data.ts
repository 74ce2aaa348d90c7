import type { PluginExtensions, PluginKernel } from '@cambium/kernel'
import { pageOfFills } from './fills.model.ts'
import { orderFollowerName } from './order-follower.ts'
import { ownOrder, pageOfOrders } from './orders.model.ts'

const PAGE_ROWS = 500

interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor?: string
}

async function everyPage<T>(read: (cursor?: string) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = []
  for (let page = await read(); ; page = await read(page.nextCursor)) {
    items.push(...page.items)
    if (page.nextCursor === undefined) return items
  }
}

/** Orders and fills of one user. Erasing ends what is open and takes out the one text that users write themselves. */
export function spotPersonalData({
  database,
  exchange,
}: PluginKernel): Required<Pick<PluginExtensions, 'exportUser' | 'eraseUser'>> {
  return {
    async exportUser(userId) {
      await exchange.readYourWrites(orderFollowerName, userId)
      const from = (cursor?: string) => ({ userId, limit: PAGE_ROWS, ...(cursor ? { cursor } : {}) })
      const orders = await everyPage((cursor) => pageOfOrders(database, from(cursor)))
      return {
        orders: orders.map(ownOrder),
        fills: await everyPage((cursor) => pageOfFills(database, from(cursor))),
      }
    },
    async eraseUser(userId) {
      await exchange.cancelAll({ userId, key: `erase:${userId}` })
      await exchange.readYourWrites(orderFollowerName, userId)
      const rows = database('spot_orders').where({ user_id: userId })
      await rows.update({ client_order_id: database.ref('id') })
    },
  }
}
