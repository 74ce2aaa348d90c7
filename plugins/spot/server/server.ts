import type { PluginServer, StartPlugin } from '@cambium/kernel'
import { orderFilled } from '../routes/events.ts'
import type { SpotSettings } from '../routes/settings.ts'
import { createDemoMaker, seedDemoMarkets, startDemoMaker } from './demo-maker.ts'
import { createFilledNotices } from './filled-orders.ts'
import { createLastPrice } from './last-price.ts'
import { marketDataImplementations } from './market-data.service.ts'
import { createMarketDesk } from './market-desk.ts'
import { startMarketFeed } from './market-feed.ts'
import { marketImplementations } from './markets.service.ts'
import { createOrderFollower } from './order-follower.ts'
import { hasOrdered } from './orders.model.ts'
import { orderImplementations } from './orders.service.ts'
import { spotPersonalData } from './personal-data.ts'
import { spotSearch } from './search.ts'
import { createSpotStream } from './stream.ts'
import { TickerBoard } from './ticker-board.ts'
import { startUserFeed } from './user-feed.ts'

export const start: StartPlugin = async (kernel): Promise<PluginServer> => {
  const desk = createMarketDesk(kernel)
  const board = new TickerBoard(kernel.exchange)
  if (kernel.isDemo) await seedDemoMarkets(kernel, desk)
  const untold = await desk.assertAll()
  for (const market of await desk.all()) await board.refresh(market.id, Date.now())

  // The markets of other engines go on without the one that is away; its own are told when it is back.
  if (untold.length > 0) {
    const ids = untold.map(({ id }) => id)
    kernel.log.warn('some markets have no engine at the moment', { markets: ids })
    kernel.background('spot.untoldMarkets', async (signal) => {
      while (!signal.aborted && (await desk.assertAll()).length > 0);
    })
  }

  const feed = startMarketFeed(kernel, desk, board)
  const users = startUserFeed(kernel)
  const follower = createOrderFollower(kernel, (projection, seq) => users.publish(projection, seq))
  kernel.background('spot.orders', (signal) => kernel.exchange.follow(follower, signal))

  if (kernel.isDemo) {
    // Checked by the kernel against the manifest's schema; read anew each round.
    const settings = kernel.settings as SpotSettings
    startDemoMaker(kernel, createDemoMaker(kernel, desk, settings))
  }

  const parts = { kernel, desk, board, feed }
  return {
    implementations: [
      ...marketImplementations(parts),
      ...orderImplementations(parts),
      ...marketDataImplementations(parts),
    ],
    listeners: { [orderFilled.name]: createFilledNotices(kernel) },
    sockets: { 'spot.stream': createSpotStream(kernel, desk) },
    search: spotSearch(kernel, desk),
    onboarding: { 'spot.firstOrder': (userId) => hasOrdered(kernel.database, userId) },
    strategies: { 'spot.lastTrade': createLastPrice(kernel, desk) },
    ...spotPersonalData(kernel),
    async health() {
      await desk.all()
    },
  }
}
