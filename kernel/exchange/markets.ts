import type { Knex } from 'knex'
import { execute } from '../database/index.ts'
import type { Ledger } from '../ledger/index.ts'
import { shardFor } from '../engine-shards.ts'
import type { MarketSpec } from './exchange.ts'
import { refuseRejected } from './outcome.ts'
import { exchangeRefusals } from './refusals.ts'
import type { Shard, Shards } from './shards.ts'
import { ulid } from '../broker/index.ts'

interface MarketRow {
  id: string
  base_asset_id: string
  quote_asset_id: string
  tick_size: string
  lot_size: string
  notional_min: string
  maker_fee_ppm: number
  taker_fee_ppm: number
  state: MarketSpec['state']
  shard: string
}

function toSpec(row: MarketRow): MarketSpec {
  return {
    id: row.id,
    baseAssetId: row.base_asset_id,
    quoteAssetId: row.quote_asset_id,
    tickSize: row.tick_size,
    lotSize: row.lot_size,
    notionalMin: row.notional_min,
    makerFeePpm: row.maker_fee_ppm,
    takerFeePpm: row.taker_fee_ppm,
    state: row.state,
  }
}

const upsert = `
  INSERT INTO exchange_markets (id, base_asset_id, quote_asset_id, tick_size, lot_size, notional_min,
    maker_fee_ppm, taker_fee_ppm, state, shard) VALUES ?
  ON DUPLICATE KEY UPDATE notional_min = VALUES(notional_min), maker_fee_ppm = VALUES(maker_fee_ppm),
    taker_fee_ppm = VALUES(taker_fee_ppm), state = VALUES(state)`

export interface MarketRegistryParts {
  readonly database: Knex
  readonly ledger: Ledger
  readonly shards: Shards
}

/** The markets as the platform defined them. Their engines have the same and enforce them. */
export class MarketRegistry {
  readonly #parts: MarketRegistryParts
  #known = new Map<string, MarketSpec>()
  /** The names of their shards, which are for life. */
  #homes = new Map<string, string>()

  constructor(parts: MarketRegistryParts) {
    this.#parts = parts
  }

  async all(): Promise<readonly MarketSpec[]> {
    const rows = await this.#parts.database<MarketRow>('exchange_markets').select().orderBy('id')
    const specs = (rows as MarketRow[]).map((row) => toSpec(row))
    this.#known = new Map(specs.map((spec) => [spec.id, spec]))
    this.#homes = new Map((rows as MarketRow[]).map(({ id, shard }) => [id, shard]))
    return specs
  }

  /** Throws `exchange.market_not_found`. Assets and sizes are for life; for the rest, ask `all`. */
  async require(id: string): Promise<MarketSpec> {
    if (!this.#known.has(id)) await this.all()
    const market = this.#known.get(id)
    if (!market) throw exchangeRefusals.market_not_found({ marketId: id })
    return market
  }

  /** The engine that has the market. Throws `exchange.market_not_found`. */
  async home(id: string): Promise<Shard> {
    await this.require(id)
    return this.#parts.shards.named(this.#homes.get(id) as string)
  }

  /** Where the market is, and where a new one goes. */
  async #homeToBe(id: string): Promise<Shard> {
    if (!this.#homes.has(id)) await this.all()
    const { shards } = this.#parts
    return shards.named(this.#homes.get(id) ?? shardFor(shards.plan, id))
  }

  /** The engine first: what it refuses is not kept, and what a crash leaves out is put right by defining again. */
  async define(spec: MarketSpec): Promise<void> {
    const { database, ledger } = this.#parts
    const assets = await ledger.assets()
    const [base, quote] = [assets.get(spec.baseAssetId), assets.get(spec.quoteAssetId)]
    if (!base || !quote) {
      throw exchangeRefusals.asset_not_found({ assetId: base ? spec.quoteAssetId : spec.baseAssetId })
    }
    const { rules = {}, ...kept } = spec
    const { id, tickSize, lotSize, notionalMin, makerFeePpm, takerFeePpm, state } = kept
    const home = await this.#homeToBe(id)
    const outcome = await home.link.submit({
      op: 'market',
      market: id,
      base: base.id,
      quote: quote.id,
      baseScale: base.tradingScale,
      quoteScale: quote.tradingScale,
      ...rules,
      tickSize,
      lotSize,
      notionalMin,
      makerFeePpm,
      takerFeePpm,
      state,
      key: `market:${ulid()}`,
    })
    refuseRejected(outcome, { marketId: id })
    const row = [
      id,
      base.id,
      quote.id,
      tickSize,
      lotSize,
      notionalMin,
      makerFeePpm,
      takerFeePpm,
      state,
      home.name,
    ]
    await execute(database, upsert, [[row]])
    this.#known.set(id, kept)
    this.#homes.set(id, home.name)
  }
}
