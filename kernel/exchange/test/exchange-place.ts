import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { createLogger, silentLogger } from '../../broker/index.ts'
import { createDatabase, createRedis, loadMigrations, migrateUp, transaction } from '../../database/index.ts'
import { createLedger, type LedgerModule } from '../../ledger/index.ts'
import { testServices } from '../../testing/services.ts'
import { mainShard, readEngineShards } from '../../engine-shards.ts'
import { createExchange, type ExchangeModule } from '../index.ts'
import type { EngineAddress } from '../shards.ts'
import { provideEngine, type EngineProcess } from './engine-process.ts'

const migrationsDirectory = fileURLToPath(new URL('../../../migrations', import.meta.url))
const log = process.env['CAMBIUM_TEST_LOG'] === '1' ? createLogger('exchange') : silentLogger

export interface Node {
  readonly database: Knex
  readonly redis: Redis
  readonly ledger: LedgerModule
  readonly exchange: ExchangeModule
  stop(): Promise<void>
}

export interface Addresses {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** `main` first. */
  readonly engines: readonly EngineAddress[]
}

/** A running kernel's ledger and exchange on the given servers. */
export async function startNode({ databaseUrl, redisUrl, engines }: Addresses): Promise<Node> {
  const database = createDatabase(databaseUrl)
  const redis = createRedis(redisUrl)
  const ledger = createLedger({ database })
  const users = { createHouseUser: (name: string) => Promise.resolve(`house-${name}`) }
  const exchange = createExchange({ database, redis, engines, ledger, users, log })
  await exchange.start()
  return {
    database,
    redis,
    ledger,
    exchange,
    stop: async () => {
      await exchange.stop()
      redis.disconnect()
      await database.destroy()
    },
  }
}

export interface ExchangePlace extends Node, Addresses {
  /** The main shard's. */
  readonly engine: EngineProcess
  /** By the name of the shard. */
  readonly engineOf: (shard: string) => EngineProcess
  /** Starts another node in the place of one that was stopped. */
  restart(): Promise<void>
  /** Funds a user's spot wallet. */
  fund(userId: string, amounts: Readonly<Record<string, string>>): Promise<void>
  /** Asserts that nothing was created or destroyed and that engine and ledger agree. */
  assertBalanced(): Promise<void>
  close(): Promise<void>
}

export const btcUsdt = {
  id: 'BTC-USDT',
  baseAssetId: 'BTC',
  quoteAssetId: 'USDT',
  tickSize: '0.01',
  lotSize: '0.00001',
  notionalMin: '0',
  makerFeePpm: 1000,
  takerFeePpm: 2000,
  state: 'trading',
} as const

async function prepare(databaseUrl: string, isEmpty: boolean): Promise<void> {
  const database = createDatabase(databaseUrl)
  const migrations = await loadMigrations(migrationsDirectory)
  await migrateUp(
    database,
    'kernel',
    migrations.filter(({ name }) => name < '0300'),
  )
  const ledger = createLedger({ database })
  await transaction(database, async (trx) => {
    if (isEmpty) return
    await ledger.defineAsset(trx, { id: 'BTC', name: 'Bitcoin', scale: 8, tradingScale: 8 })
    await ledger.defineAsset(trx, { id: 'ETH', name: 'Ether', scale: 18, tradingScale: 8 })
    await ledger.defineAsset(trx, { id: 'USDT', name: 'Tether', scale: 8, tradingScale: 7 })
  })
  await database.destroy()
}

let fundings = 0

/** Real MariaDB, Redis and engine, one node on them, and unless it is to be empty three assets and BTC-USDT. */
export async function openExchangePlace({ isEmpty = false, engineShards = '' } = {}): Promise<ExchangePlace> {
  const shards = readEngineShards(engineShards)
  const [services, ...processes] = await Promise.all([testServices(), ...shards.map(() => provideEngine())])
  const engines = shards.map((shard, index) => ({ ...shard, socket: processes[index]?.socket ?? '' }))
  const engineOf = (name: string): EngineProcess => {
    const engine = processes[shards.findIndex((shard) => shard.name === name)]
    if (!engine) throw new Error(`The test has no shard ${name}.`)
    return engine
  }
  const { databaseUrl, redisUrl } = services
  const addresses = { databaseUrl, redisUrl, engines }
  await prepare(databaseUrl, isEmpty)
  let node = await startNode(addresses)
  if (!isEmpty) await node.exchange.defineMarket(btcUsdt)
  const place: ExchangePlace = {
    ...node,
    ...addresses,
    engine: engineOf(mainShard.name),
    engineOf,
    restart: async () => {
      await node.stop()
      node = await startNode(addresses)
      Object.assign(place, node)
    },
    fund: async (userId, amounts) => {
      for (const [assetId, amount] of Object.entries(amounts)) {
        const key = `test:${(fundings += 1)}`
        const request = {
          userId,
          assetId,
          amount,
          key,
          wallet: 'spot',
          source: 'external:test',
          reason: 'test',
        } as const
        await node.exchange.fund(request)
      }
    },
    assertBalanced: async () => {
      const { balanced, breaks, assets } = await node.ledger.check()
      assert.ok(balanced, JSON.stringify(breaks))
      for (const { asset, difference } of assets) assert.equal(difference, '0', asset)
    },
    close: async () => {
      await node.stop()
      for (const engine of processes) await engine.remove()
      services.release()
    },
  }
  return place
}

/** Places an order and answers what became of it. */
export function order(text: string): {
  side: 'buy' | 'sell'
  type: 'limit' | 'market'
  quantity: string
  price?: string
} {
  const [side, terms = ''] = text.split(' ') as ['buy' | 'sell', string]
  const [quantity = '', price] = terms.split('@')
  return price === undefined ? { side, type: 'market', quantity } : { side, type: 'limit', quantity, price }
}
