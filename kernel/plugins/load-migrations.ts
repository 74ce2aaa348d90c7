import type { ReadPlugin } from './catalogue.ts'
import type { PluginCode } from './evaluation.ts'
import type { Tier } from './plugin-tier.ts'
import type { LoadedMigrations } from './schema-change.ts'

/** A release's migrations as they run in its tier. */
export async function loadMigrations(
  plugin: ReadPlugin,
  _: Tier,
  code: PluginCode | undefined,
): Promise<LoadedMigrations> {
  return { migrations: (code ?? plugin.evaluate()).migrations(), end: async () => undefined }
}
