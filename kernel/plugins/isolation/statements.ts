import type { PluginHost } from '../host.ts'
import type { PluginManifest } from '../manifest.ts'
import { pluginsRefusals } from '../refusals.ts'
import { NoDatabaseUsersError, openDatabaseUser } from './database-user.ts'
import { SqlDesk } from './sql-desk.ts'
import { tableGuard } from './table-guard.ts'

/** How a plugin in a runner reaches the database. */
export interface Statements {
  /** One a life: what a runner left open is rolled back with it. */
  desk(): SqlDesk
  end(): Promise<void>
}

/**
 * Through an account of the plugin's own. Where the platform's account may not make others, a worker's statements are
 * looked at by their words instead, and the process tier, which promises more, is refused.
 */
export async function openStatements(
  host: PluginHost,
  manifest: PluginManifest,
  tier: 'worker' | 'process',
): Promise<Statements> {
  const { database, log } = host
  const pluginId = manifest.id
  try {
    const user = await openDatabaseUser(database, manifest)
    return { desk: () => new SqlDesk({ pluginId, pool: user.pool, lend: user.lend }), end: () => user.end() }
  } catch (error) {
    if (!(error instanceof NoDatabaseUsersError)) throw error
    if (tier === 'process') throw pluginsRefusals.tier_unavailable({ pluginId, tier, reason: error.message })
    log.warn(`${pluginId} has no account of its own in the database: ${error.message}`, { plugin: pluginId })
    const check = await tableGuard(database, manifest)
    return {
      desk: () => new SqlDesk({ pluginId, pool: database, lend: undefined, check }),
      end: async () => undefined,
    }
  }
}
