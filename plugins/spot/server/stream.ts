import type { MarketDataUpdate, PluginKernel, SocketConnection, SocketHandler } from '@cambium/kernel'
import { spotRefusals } from '../routes/refusals.ts'
import type { MarketDesk } from './market-desk.ts'

const BOOK_LEVELS = 500
const TRADES_SHOWN = 60
const MARKETS_MAX = 50

interface StreamRequest {
  readonly subscribe?: readonly string[]
  readonly unsubscribe?: readonly string[]
}

function namesIn(value: unknown): readonly string[] {
  if (value === undefined) return []
  const isList = Array.isArray(value) && value.every((name) => typeof name === 'string')
  if (!isList) throw spotRefusals.stream_request_malformed()
  return value as string[]
}

function requestOf(message: unknown): Required<StreamRequest> {
  const { subscribe, unsubscribe } = (message ?? {}) as Record<string, unknown>
  return { subscribe: namesIn(subscribe), unsubscribe: namesIn(unsubscribe) }
}

/**
 * Books and trades for programs: `{ "subscribe": ["BTC-USDT"] }` is answered by a snapshot, then by changes. What a
 * connection has asked for is kept with it, so that the next version of this code goes on where this one ended.
 */
export function createSpotStream({ exchange, signal }: PluginKernel, desk: MarketDesk): SocketHandler {
  const watchers = new Map<string, Set<SocketConnection>>()

  const marketsOf = ({ state }: SocketConnection): readonly string[] => (state ?? []) as string[]

  function tell(market: string, update: MarketDataUpdate): void {
    for (const connection of watchers.get(market) ?? []) connection.send({ market, ...update })
  }

  function watch(market: string, connection: SocketConnection): void {
    const known = watchers.get(market)
    if (known) return void known.add(connection)
    watchers.set(market, new Set([connection]))
    exchange.onMarketData(market, (update) => tell(market, update), signal)
  }

  async function subscribe(connection: SocketConnection, market: string): Promise<void> {
    const markets = marketsOf(connection)
    if (markets.includes(market)) return
    if (markets.length >= MARKETS_MAX) throw spotRefusals.stream_request_malformed()
    const { id } = await desk.require(market)
    connection.keep([...marketsOf(connection), id])
    // Watched first: what comes while the snapshot is read has a sequence of its own, and is dropped by it.
    watch(id, connection)
    const trades = await exchange.trades({ marketId: id, limit: TRADES_SHOWN })
    connection.send({ market: id, ...(await exchange.depth(id, BOOK_LEVELS)), trades, isSnapshot: true })
  }

  function unsubscribe(connection: SocketConnection, market: string): void {
    connection.keep(marketsOf(connection).filter((one) => one !== market))
    watchers.get(market)?.delete(connection)
  }

  return {
    open(connection, isResumed) {
      if (isResumed) for (const market of marketsOf(connection)) watch(market, connection)
    },
    async message(connection, message) {
      const request = requestOf(message)
      for (const market of request.unsubscribe) unsubscribe(connection, market)
      for (const market of request.subscribe) await subscribe(connection, market)
    },
    close(connection) {
      for (const connections of watchers.values()) connections.delete(connection)
    },
  }
}
