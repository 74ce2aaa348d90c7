import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import type { Implementation, Logger } from '../broker/index.ts'
import type { LedgerModule } from '../ledger/index.ts'
import type { PermissionDeclaration } from '../plugins/manifest.ts'
import { EngineAccounts } from './accounts.ts'
import { AnsweredSeqs } from './answered.ts'
import { createBarrier } from './barrier.ts'
import { createBalanceReads } from './balance-reads.ts'
import { engineFigures, type EngineFigures } from './engine-figures.ts'
import type { Exchange } from './exchange.ts'
import { House, type FundingRequest, type HouseUsers } from './house.ts'
import { recomputeCandles } from './market-data.ts'
import { MarketHubs } from './market-hubs.ts'
import { createMarketReads } from './market-reads.ts'
import { MarketRegistry } from './markets.ts'
import { marketImplementations } from './markets.service.ts'
import { operationImplementations } from './operations.service.ts'
import { createListDesk } from './order-lists.ts'
import { createOrderDesk } from './orders.ts'
import { exchangePermissions } from './permissions.ts'
import { followMarkets } from './product-follower.ts'
import { publishedProgress, readYourWrites } from './read-your-writes.ts'
import { Reservations } from './reservations.ts'
import { Settlement } from './settlement.ts'
import { Shards, type EngineAddress, type ShardObserver } from './shards.ts'
import type { Transfer } from './transfer-table.ts'
import { TransferDesk, type MoveListener, type TransferRequest } from './transfers.ts'
import { walletImplementations } from './wallets.service.ts'
import { createWork } from './work.ts'

export interface ExchangeOptions {
  readonly database: Knex
  readonly redis: Redis
  /** `main` first. Each listens on a Unix socket's path, or host:port. */
  readonly engines: readonly EngineAddress[]
  readonly ledger: LedgerModule
  readonly users: HouseUsers
  readonly log: Logger
  readonly observe?: ShardObserver
  /** Told in the transaction that ends a user's transfer, or pays in from outside. */
  readonly onMoved?: MoveListener
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
  /** How every engine and everybody who follows one does. */
  figures(): Promise<EngineFigures>
}

export function createExchange(options: ExchangeOptions): ExchangeModule {
  const { database, redis, engines, ledger, users, log, onMoved = () => Promise.resolve() } = options
  const shards = new Shards(engines, log, options.observe)
  const progress = publishedProgress(redis, log)
  const accounts = new EngineAccounts(database)
  const answered = new AnsweredSeqs(redis)
  const markets = new MarketRegistry({ database, ledger, shards })
  const base = { database, redis, ledger, shards, accounts, answered, markets, progress, log, onMoved }
  const settlements = new Map(shards.all.map((shard) => [shard.name, new Settlement({ ...base, shard })]))
  const transfers = new TransferDesk(base)
  const hubs = new MarketHubs(base)
  const reservations = new Reservations(database)
  const house = new House({ ...base, transfers, users })
  const reads = createMarketReads({ ...base, hubs })
  const balances = createBalanceReads(base)
  const parts = { ...base, settlements, transfers, hubs, reservations, house, balances }
  const work = createWork(parts)
  ledger.compareBehind(createBarrier(parts))
  return {
    ...createOrderDesk(base),
    ...createListDesk(base),
    ...reads,
    defineMarket: (spec) => markets.define(spec),
    markets: () => markets.all(),
    balances,
    guard: async (userId) => {
      const account = await accounts.open(userId)
      await Promise.all(shards.all.map(({ link }) => link.guard(account)))
    },
    follow: (follower, signal) => followMarkets(base, follower, signal),
    readYourWrites: (followerName, userId) => readYourWrites(base, followerName, userId),
    onMarketData: (marketId, listener, signal) => hubs.listen(marketId, listener, signal),
    isReserved: (marketId) => reservations.has(marketId),
    onReservationChange: (listener, signal) => reservations.listen(listener, signal),
    houseAccount: async (name, funding, marketId) => {
      const home = marketId === undefined ? shards.main : await markets.home(marketId)
      return house.account(name, funding, home.name)
    },
    transfer: (request) => transfers.create(request),
    fund: (request) => house.fund(request),
    figures: () => engineFigures(parts),
    recomputeCandles: async (marketId) => recomputeCandles(database, await markets.home(marketId), marketId),
    start: () => work.start(),
    stop: async () => {
      await work.stop()
      shards.close()
    },
    permissions: exchangePermissions,
    implementations: [
      ...walletImplementations(parts),
      ...marketImplementations(reads, markets),
      ...operationImplementations(parts),
    ],
  }
}
