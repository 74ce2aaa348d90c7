import { setTimeout as delay } from 'node:timers/promises'
import type { BookLevel, PluginKernel } from '@cambium/kernel'
import { addDecimals } from '../routes/market-rules.ts'
import type { Market } from '../routes/markets.ts'
import type { SpotSettings } from '../routes/settings.ts'
import { demoFunding, demoMarketsFor, type DemoMarket } from './demo-markets.ts'
import type { MarketDesk } from './market-desk.ts'
import { orderFollowerName } from './order-follower.ts'
import { pageOfOrders } from './orders.model.ts'
import { quoteLadder, requote, shifted, skewPpmFor, type Quote, type RestingQuote } from './quote-ladder.ts'

export const demoMakerName = 'demo-maker'

const TICK_MS = 500
/** Orders and cancels a market may see in one tick: a bound on how fast the maker can ever be. */
const COMMANDS_PER_TICK = 40
const RESTING_MAX = 200
const SKEW_MAX_STEPS = 10

/** A maker that quotes on the real book with money of its own. One `tick` brings every market up to date. */
export interface DemoMaker {
  tick(): Promise<void>
}

export function createDemoMaker(kernel: PluginKernel, desk: MarketDesk, settings: SpotSettings): DemoMaker {
  const { exchange, database, ledger, log } = kernel

  const references = new Map<string, string>()

  /**
   * Where the market last traded when the maker comes (back) to it. It stays there while the maker quotes: a reference
   * that followed every trade could be walked anywhere by trades of one lot.
   */
  async function referenceOf(marketId: string, demo: DemoMarket, skewPpm: number): Promise<string> {
    const known = references.get(marketId)
    if (known !== undefined) return known
    const [last] = await exchange.trades({ marketId, limit: 1 })
    const reference = last ? shifted(last.price, -skewPpm) : demo.reference
    references.set(marketId, reference)
    return reference
  }

  async function restingQuotes(userId: string, marketId: string): Promise<readonly RestingQuote[]> {
    await exchange.readYourWrites(orderFollowerName, userId)
    const { items } = await pageOfOrders(database, { userId, marketId, state: 'open', limit: RESTING_MAX })
    return items.map(({ id, side, price, leavesQuantity }) => ({
      orderId: id,
      side,
      price: price ?? '0',
      quantity: leavesQuantity,
    }))
  }

  /** Where others already quote as many levels on both sides, the demo needs no maker of its own. */
  async function isServedByOthers(marketId: string, resting: readonly RestingQuote[]): Promise<boolean> {
    const { demoMakerLevels: levels } = settings
    const { bids, asks } = await exchange.depth(marketId, levels + resting.length)
    const own = new Map(resting.map(({ price, quantity }) => [price, quantity]))
    const isOthers = ([price, quantity]: BookLevel): boolean => own.get(price) !== quantity
    return [bids, asks].every((side) => side.filter(isOthers).length >= levels)
  }

  async function wantedQuotes(userId: string, market: Market, demo: DemoMarket): Promise<readonly Quote[]> {
    const { demoMakerLevels: levels, demoMakerSpreadPpm: spreadPpm } = settings
    const stepPpm = spreadPpm
    const balances = await exchange.balances(userId, market.id)
    const base = balances.find((balance) => balance.assetId === market.baseAssetId)
    const inventory = base ? addDecimals(base.available, base.held) : '0'
    const target = demoFunding[market.baseAssetId] ?? '1'
    const skewPpm = skewPpmFor(inventory, target, SKEW_MAX_STEPS * spreadPpm, stepPpm)
    return quoteLadder({
      market,
      reference: await referenceOf(market.id, demo, skewPpm),
      levels,
      spreadPpm,
      stepPpm,
      levelNotional: demo.levelNotional,
      skewPpm,
    })
  }

  async function cancel(userId: string, marketId: string, quotes: readonly RestingQuote[]): Promise<void> {
    for (const { orderId } of quotes) {
      await exchange
        .cancel({ userId, marketId, orderId, key: crypto.randomUUID() })
        .catch((error: unknown) => passOver(error, 'exchange.order_not_found'))
    }
  }

  /** Post-only, because a maker does not take: a quote that would trade at once is left out until it would not. */
  async function place(userId: string, marketId: string, quotes: readonly Quote[]): Promise<void> {
    for (const quote of quotes) {
      await exchange
        .place({ ...quote, userId, marketId, type: 'limit', isPostOnly: true, key: crypto.randomUUID() })
        .catch((error: unknown) => passOver(error))
    }
  }

  /** A refused quote is a quote less; anything that is not a refusal ends the tick and is logged by the kernel. */
  function passOver(error: unknown, expected?: string): void {
    const isRefusal = error instanceof Error && 'type' in error && typeof error.type === 'string'
    if (!isRefusal) throw error
    if (error.type !== expected) log.warn('the demo maker was refused', { refusal: error.type })
  }

  async function tickMarket(userId: string, market: Market, demo: DemoMarket): Promise<void> {
    // Nothing of it can be changed then, not even taken out.
    if (market.state === 'halted') return
    const resting = await restingQuotes(userId, market.id)
    const mayQuote = market.state === 'trading' && !exchange.isReserved(market.id)
    if (!mayQuote || (await isServedByOthers(market.id, resting))) {
      references.delete(market.id)
      if (resting.length > 0) {
        await exchange.cancelAll({ userId, marketId: market.id, key: crypto.randomUUID() })
      }
      return
    }
    const change = requote(resting, await wantedQuotes(userId, market, demo))
    const cancels = change.cancel.slice(0, COMMANDS_PER_TICK)
    await cancel(userId, market.id, cancels)
    // Places wait until nothing is left to cancel: an old quote across the new ones would trade with them.
    if (cancels.length < change.cancel.length) return
    await place(userId, market.id, change.place.slice(0, COMMANDS_PER_TICK - cancels.length))
  }

  return {
    async tick() {
      const demos = demoMarketsFor(await ledger.assets())
      const markets = await desk.all()
      for (const demo of demos) {
        const market = markets.find(
          ({ baseAssetId, quoteAssetId }) =>
            baseAssetId === demo.baseAssetId && quoteAssetId === demo.quoteAssetId,
        )
        if (!market) continue
        const userId = await exchange.houseAccount(demoMakerName, demoFunding, market.id)
        await tickMarket(userId, market, demo)
      }
    },
  }
}

/** Ticks steadily, and at once when a market is reserved or given back: a replay waits for the maker to be gone. */
export function startDemoMaker({ exchange, log, background }: PluginKernel, maker: DemoMaker): void {
  background('spot.demoMaker', async (signal) => {
    let wake = new AbortController()
    exchange.onReservationChange(() => wake.abort(), signal)
    while (!signal.aborted) {
      wake = new AbortController()
      await maker.tick().catch((error: unknown) => log.error('the demo maker failed', { error }))
      await delay(TICK_MS, null, { signal: AbortSignal.any([signal, wake.signal]) }).catch(() => null)
    }
  })
}

/** Opens the demo markets on a platform that has none yet. */
export async function seedDemoMarkets(kernel: PluginKernel, desk: MarketDesk): Promise<void> {
  if ((await desk.all()).length > 0) return
  for (const { reference: _price, levelNotional: _value, ...market } of demoMarketsFor(
    await kernel.ledger.assets(),
  )) {
    await desk.create(market)
  }
}
