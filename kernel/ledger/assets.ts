import type { Knex } from 'knex'
import { execute } from '../database/index.ts'
import type { Asset } from './ledger.ts'
import { ledgerRefusals } from './refusals.ts'

interface AssetRow {
  id: string
  name: string
  scale: number
  tradingScale: number
}

async function readAssets(source: Knex): Promise<Map<string, Asset>> {
  const rows = await source<AssetRow>('ledger_assets').select('id', 'name', 'scale', {
    tradingScale: 'trading_scale',
  })
  return new Map(rows.map((row) => [row.id, { ...row }]))
}

/** The assets of one database. They never change once committed, so what was read once is kept. */
export class AssetRegistry {
  readonly #database: Knex
  #known: ReadonlyMap<string, Asset> = new Map()

  constructor(database: Knex) {
    this.#database = database
  }

  async all(): Promise<ReadonlyMap<string, Asset>> {
    this.#known = await readAssets(this.#database)
    return this.#known
  }

  /** Throws `ledger.asset_not_found`. Sees what `trx` defined, without remembering it before it is committed. */
  async require(trx: Knex.Transaction, assetIds: Iterable<string>): Promise<ReadonlyMap<string, Asset>> {
    const wanted = [...assetIds]
    const source = wanted.every((id) => this.#known.has(id)) ? this.#known : await readAssets(trx)
    const missing = wanted.find((id) => !source.has(id))
    if (missing !== undefined) throw ledgerRefusals.asset_not_found({ assetId: missing })
    return source
  }
}

export async function defineAsset(trx: Knex.Transaction, asset: Asset): Promise<void> {
  if (asset.tradingScale > asset.scale) throw new RangeError(`${asset.id} trades finer than it is kept`)
  const { id, name, scale, tradingScale } = asset
  const statement = 'INSERT IGNORE INTO ledger_assets (id, name, scale, trading_scale) VALUES ?'
  await execute(trx, statement, [[[id, name, scale, tradingScale]]])
  const defined = (await readAssets(trx)).get(id)
  if (defined?.name !== name || defined.scale !== scale || defined.tradingScale !== tradingScale) {
    throw ledgerRefusals.asset_must_not_change({ assetId: id })
  }
}
