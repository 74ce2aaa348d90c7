import { fileURLToPath } from 'node:url'
import type { Knex } from 'knex'
import { createDatabase, loadMigrations, migrateUp, transaction } from '../../database/index.ts'
import { testServices } from '../../testing/services.ts'
import { createLedger, type LedgerModule } from '../index.ts'

const migrationsDirectory = fileURLToPath(new URL('../../../migrations', import.meta.url))

export interface LedgerPlace {
  readonly database: Knex
  readonly ledger: LedgerModule
  close(): Promise<void>
}

/** A ledger in an empty database with BTC, USDT, an external account to fund from and a house account. */
export async function openLedgerPlace(): Promise<LedgerPlace> {
  const services = await testServices()
  const database = createDatabase(services.databaseUrl)
  const migrations = await loadMigrations(migrationsDirectory)
  await migrateUp(
    database,
    'kernel',
    migrations.filter(({ name }) => name < '0200'),
  )
  const ledger = createLedger({ database })
  await transaction(database, async (trx) => {
    await ledger.defineAsset(trx, { id: 'BTC', name: 'Bitcoin', scale: 8, tradingScale: 8 })
    await ledger.defineAsset(trx, { id: 'USDT', name: 'Tether', scale: 8, tradingScale: 7 })
    await ledger.openAccount(trx, 'external:test', 'external')
    await ledger.openAccount(trx, 'fees:test', 'house')
  })
  return {
    database,
    ledger,
    close: async () => {
      await database.destroy()
      services.release()
    },
  }
}
