import { implement, type Implementation } from '@cambium/kernel'
import * as routes from '../routes/markets.ts'
import type { Market } from '../routes/markets.ts'
import { countOpenOrders } from './orders.model.ts'
import type { MarketChange } from './market-desk.ts'
import type { SpotParts } from './parts.ts'

/** What was left out of a change stays out of it, so that it does not overwrite with nothing. */
function given<T extends object>(change: T): Partial<T> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<T>
}

export function marketImplementations({ kernel, desk, feed }: SpotParts): Implementation<never>[] {
  async function change(marketId: string, wanted: MarketChange, revision?: number): Promise<Market> {
    const market = await desk.change(marketId, wanted, revision)
    await feed.announce()
    return market
  }

  return [
    implement(routes.listMarkets, async () => ({ items: [...(await desk.all())] })),
    implement(routes.showMarket, ({ params }) => desk.require(params.marketId)),
    implement(routes.createMarket, async ({ params }) => {
      const draft = { ...params, state: params.state ?? 'halted', sortOrder: params.sortOrder ?? 0 } as const
      const market = await desk.create(draft)
      feed.watch(market.id)
      await feed.announce()
      return market
    }),
    implement(routes.updateMarket, ({ params: { marketId, revision, ...wanted } }) =>
      change(marketId, given(wanted), revision),
    ),
    implement(routes.haltMarket, ({ params: { marketId, state = 'cancelOnly' } }) =>
      change(marketId, { state }),
    ),
    implement(routes.preOpenMarket, ({ params }) => change(params.marketId, { state: 'preOpen' })),
    implement(routes.resumeMarket, ({ params }) => change(params.marketId, { state: 'trading' })),
    implement(routes.listMarketActivity, async () => {
      const [markets, openOrders] = await Promise.all([desk.all(), countOpenOrders(kernel.database)])
      return { items: markets.map(({ id }) => ({ marketId: id, openOrders: openOrders.get(id) ?? 0 })) }
    }),
    implement(routes.listMarketAssets, async () => {
      const assets = [...(await kernel.ledger.assets()).values()]
      return { items: assets.map(({ id, name, tradingScale }) => ({ id, name, tradingScale })) }
    }),
  ]
}
