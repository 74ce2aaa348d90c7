import { createHash, createHmac } from 'node:crypto'
import type { Knex } from 'knex'
import { createDatabaseAs, selectRows } from '../../database/index.ts'
import { tablePrefix } from '../migration-tables.ts'
import type { PluginManifest } from '../manifest.ts'

/** MySQL allows 32 characters; MariaDB more. */
const NAME_MAX = 32
/** Of a plugin's statements and transactions; one more ends those that take too long. */
export const CONNECTIONS_MAX = 6
const ROWS = 'SELECT, INSERT, UPDATE, DELETE'

/** The server says: this account may not make users, or not hand on rights. */
const denied: ReadonlySet<unknown> = new Set([1044, 1045, 1142, 1227, 1410, 1698])

/** The kernel's own account may not make users: on an operator's database it may be so. */
export class NoDatabaseUsersError extends Error {
  override readonly name = 'NoDatabaseUsersError'
}

/** A plugin's own account in the database, held to its tables by the server itself. */
export interface DatabaseUser {
  readonly pool: Knex
  /** The statement that lends a connection of the pool the kernel's rights; `SET ROLE NONE` takes them back. */
  readonly lend: string
  /** Lets it change tables of these names, for a migration. */
  allowTables(names: readonly string[]): Promise<void>
  /** Makes the rights those of the tables there are: its own, and read-only the granted. */
  settle(): Promise<void>
  end(): Promise<void>
}

interface Place {
  readonly database: string
  readonly host: string
  /** Derived passwords are the same on every node, and kept nowhere. */
  readonly secret: string
}

interface ClientSettings {
  readonly client: {
    readonly connectionSettings: { readonly database: string; readonly password?: string }
  }
}

const places = new WeakMap<Knex, Promise<Place>>()

function placeOf(database: Knex): Promise<Place> {
  const known = places.get(database) ?? findPlace(database)
  places.set(database, known)
  known.catch(() => places.delete(database))
  return known
}

async function findPlace(database: Knex): Promise<Place> {
  const { connectionSettings } = (database as unknown as ClientSettings).client
  const [row] = await selectRows<{ account: string }>(database, 'SELECT CURRENT_USER() account')
  const host = row?.account.split('@').at(-1) ?? 'localhost'
  const place = {
    database: connectionSettings.database,
    host,
    secret: connectionSettings.password ?? connectionSettings.database,
  }
  const role = quoted(roleName(place.database))
  await administer(database, `CREATE ROLE IF NOT EXISTS ${role}`)
  // In the place of a database an underscore stands for any character, unless it is escaped.
  const pattern = place.database.replace(/[_%\\]/g, '\\$&').replaceAll('`', '``')
  await administer(database, `GRANT ${ROWS} ON \`${pattern}\`.* TO ${role}`)
  return place
}

function fitting(name: string): string {
  if (name.length <= NAME_MAX) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8)
  return `${name.slice(0, NAME_MAX - 9)}_${hash}`
}

/** An underscore is in no plugin's id, so no plugin's user is called like the role. */
function roleName(database: string): string {
  return fitting(`${database}.ledger_rights`)
}

/** Users of a database's plugins, `cambium.spot`; the server knows them beside those of other databases. */
function databaseUserName(database: string, pluginId: string): string {
  return fitting(`${database}.${pluginId}`)
}

function quoted(name: string): string {
  return `'${name.replace(/['\\]/g, '')}'`
}

async function administer(database: Knex, statement: string): Promise<void> {
  try {
    await database.raw(statement.replaceAll('?', '\\?'))
  } catch (error) {
    const { errno } = error as { readonly errno?: number }
    if (!denied.has(errno)) throw error
    throw new NoDatabaseUsersError('The account of the platform may not make users in the database.', {
      cause: error,
    })
  }
}

/** Makes the plugin's account, or finds it. Throws `NoDatabaseUsersError`. */
export async function openDatabaseUser(database: Knex, manifest: PluginManifest): Promise<DatabaseUser> {
  const place = await placeOf(database)
  const name = databaseUserName(place.database, manifest.id)
  const account = `${quoted(name)}@${quoted(place.host)}`
  const role = quoted(roleName(place.database))
  const password = createHmac('sha256', place.secret).update(name).digest('base64url')
  await administer(database, `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${password}'`)
  await administer(database, `ALTER USER ${account} IDENTIFIED BY '${password}'`)
  await administer(database, `GRANT ${role} TO ${account}`)
  const rights = { database, place, account, manifest }
  await settle(rights)
  const pool = createDatabaseAs(database, { user: name, password, connectionsMax: CONNECTIONS_MAX + 1 })
  const tableOf = (table: string): string => `\`${place.database}\`.\`${table}\``
  return {
    pool,
    lend: `SET ROLE ${role}`,
    allowTables: async (names) => {
      const changing = `${ROWS}, CREATE, ALTER, DROP, INDEX, REFERENCES`
      for (const table of names)
        await administer(database, `GRANT ${changing} ON ${tableOf(table)} TO ${account}`)
    },
    settle: () => settle(rights),
    end: () => pool.destroy(),
  }
}

interface Rights {
  readonly database: Knex
  readonly place: Place
  readonly account: string
  readonly manifest: PluginManifest
}

/** Never takes a right that stays: the generation before still works with them. */
async function settle({ database, place, account, manifest }: Rights): Promise<void> {
  const own = await ownTables(database, manifest.id)
  const wanted = new Map<string, string>(own.map((table) => [table, ROWS]))
  // Who has no right at all in a database may not even enter it; a table of this name there never is.
  wanted.set(tablePrefix(manifest.id), 'CREATE')
  for (const table of manifest.grants?.tables ?? []) {
    if (/^[a-z0-9_]+$/.test(table) && !wanted.has(table)) wanted.set(table, 'SELECT')
  }
  const held = await selectRows<{ tableName: string; rights: string }>(
    database,
    `SELECT table_name tableName, GROUP_CONCAT(privilege_type ORDER BY privilege_type) rights
     FROM information_schema.table_privileges WHERE table_schema = ? AND grantee = ? GROUP BY table_name`,
    [place.database, account],
  )
  const known = new Map(held.map(({ tableName, rights }) => [tableName, rights.split(',')]))
  const tableOf = (table: string): string => `\`${place.database}\`.\`${table}\``
  for (const [table, rights] of wanted) {
    const names = rights.split(', ')
    const surplus = (known.get(table) ?? []).filter((right) => !names.includes(right))
    if (names.some((right) => !known.get(table)?.includes(right))) {
      await administer(database, `GRANT ${rights} ON ${tableOf(table)} TO ${account}`)
    }
    if (surplus.length > 0) {
      await administer(database, `REVOKE ${surplus.join(', ')} ON ${tableOf(table)} FROM ${account}`)
    }
  }
  for (const [table, rights] of known) {
    if (!wanted.has(table))
      await administer(database, `REVOKE ${rights.join(', ')} ON ${tableOf(table)} FROM ${account}`)
  }
}

/** Those of its prefix, without those of a plugin whose longer id begins like its own. */
async function ownTables(database: Knex, pluginId: string): Promise<readonly string[]> {
  const prefix = tablePrefix(pluginId)
  const [rows, owners] = await Promise.all([
    selectRows<{ name: string }>(
      database,
      'SELECT table_name name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE ?',
      [`${prefix.replaceAll('_', '\\_')}%`],
    ),
    selectRows<{ owner: string }>(database, 'SELECT DISTINCT owner FROM migrations'),
  ])
  const longer = owners
    .map(({ owner }) => tablePrefix(owner))
    .filter((other) => other !== prefix && other.startsWith(prefix))
  return rows.map(({ name }) => name).filter((name) => !longer.some((other) => name.startsWith(other)))
}

/** Takes the account away with all its rights: the plugin is uninstalled. */
export async function dropDatabaseUser(database: Knex, pluginId: string): Promise<void> {
  const place = await placeOf(database)
  const name = databaseUserName(place.database, pluginId)
  await administer(database, `DROP USER IF EXISTS ${quoted(name)}@${quoted(place.host)}`)
}
