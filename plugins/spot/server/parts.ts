import type { PluginKernel } from '@cambium/kernel'
import type { MarketDesk } from './market-desk.ts'
import type { MarketFeed } from './market-feed.ts'
import type { TickerBoard } from './ticker-board.ts'

/** What the handlers of one generation work with. */
export interface SpotParts {
  readonly kernel: PluginKernel
  readonly desk: MarketDesk
  readonly board: TickerBoard
  readonly feed: MarketFeed
}
