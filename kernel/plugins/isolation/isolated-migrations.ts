import type { Knex } from 'knex'
import type { Migration } from '../../database/index.ts'
import type { PluginHost } from '../host.ts'
import { pluginsRefusals } from '../refusals.ts'
import { tablePrefix } from '../migration-tables.ts'
import type { Body } from './body.ts'
import { NoDatabaseUsersError, openDatabaseUser, type DatabaseUser } from './database-user.ts'
import { defaultLimits } from './fault.ts'
import type { IsolatedOptions } from './isolated-plugin.ts'
import { Life } from './life.ts'
import type { MigrationMessage, StartMessage, Statement } from './messages.ts'
import type { StatementDesk } from './runner/remote-database.ts'
import { SqlDesk } from './sql-desk.ts'
import { assertMigrationStatement, ownNames } from './statement-rules.ts'
import { tableGuard } from './table-guard.ts'

const READY_MS = 30_000

type ReadBundle = Pick<StartMessage, 'pluginId' | 'directory' | 'bundle'>

/** A runner that starts nothing: it is asked about the bundle it holds, and ended. */
async function openRunner(body: Body, pluginId: string): Promise<Life> {
  let reason = 'it was ended'
  const life = new Life({
    body,
    limits: defaultLimits,
    peer: {
      serve: (method) => {
        if (method === 'log') return undefined
        throw new Error(`${method} is not there while nothing is started.`)
      },
      onError: () => undefined,
    },
    goneReason: () => new Error(`The runner of ${pluginId} is gone: ${reason}`),
    onFault: (fault) => {
      reason = fault.message
    },
  })
  await life.ready(READY_MS)
  return life
}

/** The manifest as its code says it, read where that code can do no harm. Throws what `plugin.ts` throws. */
export async function readManifestApart(body: Body, bundle: ReadBundle): Promise<unknown> {
  const life = await openRunner(body, bundle.pluginId)
  try {
    return JSON.parse((await life.peer.ask('manifest', [bundle])) as string) as unknown
  } finally {
    await life.end()
  }
}

export interface IsolatedMigrations {
  readonly migrations: readonly Migration[]
  end(): Promise<void>
}

type MigrationOptions = Pick<IsolatedOptions, 'host' | 'plugin' | 'tier'> & { readonly body: Body }

/**
 * A plugin's migrations, run in a runner of its own: their statements come here one by one and are run as the plugin's
 * database user, which may change tables of its own name and no others.
 */
export async function isolatedMigrations(options: MigrationOptions): Promise<IsolatedMigrations> {
  const { host, plugin, tier, body } = options
  const { manifest, directory, bundle } = plugin
  const life = await openRunner(body, manifest.id)
  try {
    const rights = await migrationRights(host, manifest, tier)
    const message = {
      pluginId: manifest.id,
      directory,
      bundle: { code: bundle.code, map: bundle.map, hash: bundle.hash },
    }
    const named = (await life.peer.ask('migrations', [message])) as readonly MigrationMessage[]
    const run = async (name: string, direction: 'up' | 'down', database: Knex): Promise<void> => {
      // Only the platform's own database is for real; any other is a trial that answers nothing.
      const desk = database === host.database ? rights.desk : trialDesk(database)
      await life.peer.ask('migrate', [name, direction, desk])
      if (database === host.database) await rights.settle()
    }
    const migrations = named.map(({ name, phase }) => ({
      name,
      ...(phase ? { phase } : {}),
      up: (database: Knex) => run(name, 'up', database),
      down: (database: Knex) => run(name, 'down', database),
    }))
    return {
      migrations,
      end: async () => {
        await life.end()
        await rights.end()
      },
    }
  } catch (error) {
    await life.end()
    throw error
  }
}

interface MigrationRights {
  readonly desk: StatementDesk
  settle(): Promise<void>
  end(): Promise<void>
}

async function migrationRights(
  host: PluginHost,
  manifest: MigrationOptions['plugin']['manifest'],
  tier: 'worker' | 'process',
): Promise<MigrationRights> {
  const { id } = manifest
  try {
    const user = await openDatabaseUser(host.database, manifest)
    const rows = new SqlDesk({
      pluginId: id,
      pool: user.pool,
      lend: undefined,
      rule: assertMigrationStatement,
    })
    return {
      desk: changingDesk(rows, (sql) => allow(user, id, sql)),
      settle: () => user.settle(),
      end: async () => {
        await rows.close()
        await user.end()
      },
    }
  } catch (error) {
    if (!(error instanceof NoDatabaseUsersError)) throw error
    if (tier === 'process')
      throw pluginsRefusals.tier_unavailable({ pluginId: id, tier, reason: error.message })
    const check = await tableGuard(host.database, manifest)
    const rows = new SqlDesk({
      pluginId: id,
      pool: host.database,
      lend: undefined,
      check,
      rule: assertMigrationStatement,
    })
    return {
      desk: changingDesk(rows, async () => undefined),
      settle: async () => undefined,
      end: () => rows.close(),
    }
  }
}

/** Whatever a statement calls by a name of the plugin's own may be a table it makes or changes; the server sees to the rest. */
async function allow(user: DatabaseUser, pluginId: string, sql: string): Promise<void> {
  if (/^\s*(create|alter|drop|rename|truncate)\b/i.test(sql)) {
    await user.allowTables(ownNames(sql, tablePrefix(pluginId)))
  }
}

function changingDesk(rows: SqlDesk, before: (sql: string) => Promise<void>): StatementDesk {
  return {
    run: async (statement: Statement) => {
      await before(statement.sql)
      return rows.run(statement)
    },
    begin: (transaction, mode) => rows.begin(transaction, mode),
    end: (transaction, how) => rows.end(transaction, how),
  }
}

/** Lets a trial see the statements. */
function trialDesk(database: Knex): StatementDesk {
  return {
    run: async ({ sql, bindings }) => {
      const [rows] = (await database.raw(sql, bindings as Knex.RawBinding[])) as unknown as [unknown]
      return { rows, fields: [] }
    },
    begin: async () => undefined,
    end: async () => undefined,
  }
}
