import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import type { Implementation, Logger } from '../broker/index.ts'
import type { LedgerModule } from '../ledger/index.ts'
import type { PermissionDeclaration } from '../plugins/manifest.ts'
import { EngineAccounts } from './accounts.ts'
import { AnsweredSeqs } from './answered.ts'
import { createBarrier } from './barrier.ts'
import { shortest } from './decimals.ts'
import { EngineLink } from './engine-link.ts'
import type { Exchange, TradingBalance } from './exchange.ts'
import { House, type FundingRequest, type HouseUsers } from './house.ts'
import { recomputeCandles } from './market-data.ts'
import { MarketHub } from './market-hub.ts'
import { createMarketReads } from './market-reads.ts'
import { MarketRegistry } from './markets.ts'
import { marketImplementations } from './markets.service.ts'
import { operationImplementations } from './operations.service.ts'
import { createOrderDesk } from './orders.ts'
import { exchangePermissions } from './permissions.ts'
import { followMarkets } from './product-follower.ts'
import { publishedProgress, readYourWrites } from './read-your-writes.ts'
import { Reservations } from './reservations.ts'
import { Settlement } from './settlement.ts'
import { TransferDesk, type Transfer, type TransferRequest } from './transfers.ts'
import { walletImplementations } from './wallets.service.ts'
import { createWork } from './work.ts'

export interface ExchangeOptions {
  readonly database: Knex
  readonly redis: Redis
  /** Where the engine listens: a Unix socket's path, or host:port. */
  readonly engineSocket: string
  readonly ledger: LedgerModule
  readonly users: HouseUsers
  readonly log: Logger
}

export interface ExchangeModule extends Exchange {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** Opens its ledger accounts, finishes what a crash left open, and starts settlement, market data and housekeeping. */
  start(): Promise<void>
  /** Ends them after the batch at hand. */
  stop(): Promise<void>
  transfer(request: TransferRequest): Promise<Transfer>
  /** Pays into a wallet from the outside world, once per key. */
  fund(request: FundingRequest): Promise<void>
  recomputeCandles(marketId: string): Promise<void>
}

/** What the user's trading wallet holds, straight from the engine. */
async function readTradingBalances(
  { accounts, link }: { accounts: EngineAccounts; link: EngineLink },
  userId: string,
): Promise<readonly TradingBalance[]> {
  const account = await accounts.open(userId)
  const { balances } = await link.read((client) => client.balances(account))
  return balances.map(({ asset, available, held }) => ({
    assetId: asset,
    available: shortest(available),
    held: shortest(held),
  }))
}

export function createExchange(options: ExchangeOptions): ExchangeModule {
  const { database, redis, engineSocket, ledger, users, log } = options
  const link = new EngineLink({ socket: engineSocket, log })
  const progress = publishedProgress(redis, log)
  const accounts = new EngineAccounts(database)
  const answered = new AnsweredSeqs(redis)
  const markets = new MarketRegistry({ database, ledger, link })
  const base = { database, redis, ledger, link, accounts, answered, markets, progress, log }
  const settlement = new Settlement(base)
  const transfers = new TransferDesk(base)
  const hub = new MarketHub(base)
  const reservations = new Reservations(database)
  const house = new House({ ...base, transfers, users })
  const reads = createMarketReads({ ...base, hub })
  const tradingBalances = (userId: string): Promise<readonly TradingBalance[]> =>
    readTradingBalances(base, userId)
  const parts = { ...base, settlement, transfers, hub, reservations, house, tradingBalances }
  const work = createWork(parts)
  ledger.compareBehind(createBarrier(parts))
  return {
    ...createOrderDesk(base),
    ...reads,
    defineMarket: (spec) => markets.define(spec),
    markets: () => markets.all(),
    balances: tradingBalances,
    follow: (follower, signal) => followMarkets(base, follower, signal),
    readYourWrites: (followerName, userId) => readYourWrites(base, followerName, userId),
    onMarketData: (marketId, listener, signal) => hub.listen(marketId, listener, signal),
    isReserved: (marketId) => reservations.has(marketId),
    onReservationChange: (listener, signal) => reservations.listen(listener, signal),
    houseAccount: (name, funding) => house.account(name, funding),
    transfer: (request) => transfers.create(request),
    fund: (request) => house.fund(request),
    recomputeCandles: (marketId) => recomputeCandles(database, marketId),
    start: () => work.start(),
    stop: async () => {
      await work.stop()
      link.close()
    },
    permissions: exchangePermissions,
    implementations: [
      ...walletImplementations(parts),
      ...marketImplementations(reads, markets),
      ...operationImplementations(parts),
    ],
  }
}
