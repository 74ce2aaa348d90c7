import type { PluginKernel, PluginServer } from '@cambium/kernel'
import { searchRank } from '@cambium/kernel/contract'
import type { MarketDesk } from './market-desk.ts'
import { findOrder } from './orders.model.ts'

/** Markets by their assets, and orders by the whole of their id: what a person has copied from somewhere. */
export function spotSearch(
  { database }: PluginKernel,
  desk: MarketDesk,
): NonNullable<PluginServer['search']> {
  const markets = (link: (marketId: string) => string) => async (request: { readonly text: string }) =>
    (await desk.all()).flatMap(({ id, baseAssetId: base, quoteAssetId: quote }) => {
      const rank = searchRank(request.text, [id, base, `${base}${quote}`])
      const icon = 'i-lucide-chart-candlestick'
      const hit = { id, title: `${base} / ${quote}`, link: link(id) }
      return rank > 0 ? [{ ...hit, icon, rank }] : []
    })
  return {
    'spot.markets': markets((marketId) => `/trade/${marketId}`),
    'spot.managedMarkets': markets((marketId) => `/spot/markets/${marketId}`),
    'spot.ownOrders': async ({ text, userId }) => {
      const order = userId === null ? null : await findOrder(database, text)
      if (!order || order.userId !== userId) return []
      return [
        {
          id: order.id,
          title: order.marketId,
          text: order.id,
          rank: 1,
          link: `/trade/${order.marketId}`,
          icon: 'i-lucide-list-ordered',
        },
      ]
    },
    'spot.orders': async ({ text }) => {
      const order = await findOrder(database, text)
      if (!order) return []
      return [
        {
          id: order.id,
          title: order.marketId,
          text: order.id,
          rank: 1,
          link: `/spot/orders?q=${order.userId}&market=${order.marketId}`,
          icon: 'i-lucide-list-ordered',
        },
      ]
    },
  }
}
