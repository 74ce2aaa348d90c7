import { gt, lt } from 'semver'
import type { CatalogueEntry, ReadPlugin } from './catalogue.ts'
import type { LifecycleParts } from './lifecycle-parts.ts'
import { stateOf, type PluginState } from './plugin-store.ts'
import { pluginsRefusals } from './refusals.ts'

type Parts = Pick<LifecycleParts, 'catalogue' | 'serving' | 'store'>

/** One plugin of the catalogue. */
export async function foundEntry({ catalogue }: Parts, id: string): Promise<CatalogueEntry> {
  const entry = await catalogue.find(id)
  if (!entry) throw pluginsRefusals.plugin_not_found({ pluginId: id })
  return entry
}

export async function stateOfPlugin({ store }: Parts, id: string): Promise<PluginState> {
  return stateOf(id, (await store.states()).get(id))
}

/** A release by its version; what serves is there even when its folder has changed. */
export async function releaseOf(parts: Parts, id: string, version: string): Promise<ReadPlugin> {
  const active = parts.serving.get(id)?.plugin
  const release =
    (await parts.catalogue.release(id, version)) ??
    (active?.manifest.version === version ? active : undefined)
  if (release) return release
  const { bundled, problems } = await foundEntry(parts, id)
  if (!bundled && problems.length > 0) throw pluginsRefusals.verification_failed({ pluginId: id, problems })
  throw pluginsRefusals.release_not_found({ pluginId: id, version })
}

/** What `enable` takes: the version that is asked for or pinned, or else the newest. Never one older than served before. */
export async function releaseToEnable(parts: Parts, id: string, version?: string): Promise<ReadPlugin> {
  const state = await stateOfPlugin(parts, id)
  const chosen = version ?? (state.isPinned ? state.version : null)
  const release = chosen === null ? await newest(parts, id) : await releaseOf(parts, id, chosen)
  assertNotOlder(release, state)
  return release
}

async function newest(parts: Parts, id: string): Promise<ReadPlugin> {
  const { releases, problems } = await foundEntry(parts, id)
  const [release] = releases
  // A folder that cannot be read is not passed over in silence.
  if (!release || problems.length > 0) throw pluginsRefusals.verification_failed({ pluginId: id, problems })
  return release
}

/** What `reload` takes: the folder, where the plugin came from one; a package as it is. */
export async function releaseToReload(parts: Parts, id: string): Promise<ReadPlugin> {
  const entry = await foundEntry(parts, id)
  const active = parts.serving.get(id)
  if (!active) throw pluginsRefusals.plugin_not_enabled({ pluginId: id })
  const { version } = active.plugin.manifest
  const { bundled, problems } = entry
  const isFolder = active.plugin.source === 'bundled' && (bundled !== null || problems.length > 0)
  if (!isFolder) return releaseOf(parts, id, version)
  if (!bundled) throw pluginsRefusals.verification_failed({ pluginId: id, problems })
  const state = await stateOfPlugin(parts, id)
  assertNotOlder(bundled, state)
  if (state.isPinned && bundled.manifest.version !== version)
    throw pluginsRefusals.plugin_pinned({ pluginId: id, version })
  return bundled
}

/** What `upgrade` takes: newer than what serves or served last. */
export async function releaseToUpgrade(parts: Parts, id: string, version: string): Promise<ReadPlugin> {
  await foundEntry(parts, id)
  const state = await stateOfPlugin(parts, id)
  if (state.desired === 'disabled') throw pluginsRefusals.plugin_not_enabled({ pluginId: id })
  if (state.isPinned) throw pluginsRefusals.plugin_pinned({ pluginId: id, version: state.version })
  if (state.version !== null && !gt(version, state.version)) {
    throw pluginsRefusals.version_must_be_newer({ pluginId: id, version, servingVersion: state.version })
  }
  return releaseOf(parts, id, version)
}

/** What `rollback` goes back to, and the release it leaves. */
export async function releasesToRollBack(
  parts: Parts,
  id: string,
): Promise<{ readonly plugin: ReadPlugin; readonly leaving: ReadPlugin }> {
  const { previousVersion, version } = await stateOfPlugin(parts, id)
  if (previousVersion === null || version === null) {
    await foundEntry(parts, id)
    throw pluginsRefusals.nothing_to_roll_back_to({ pluginId: id })
  }
  const plugin = await parts.catalogue.release(id, previousVersion)
  if (!plugin) throw pluginsRefusals.nothing_to_roll_back_to({ pluginId: id, version: previousVersion })
  return { plugin, leaving: await releaseOf(parts, id, version) }
}

/** What a start of the kernel takes: what served last, or the folder when that is gone and the folder is newer. */
export async function releaseToStart(parts: Parts, state: PluginState): Promise<ReadPlugin> {
  const { id, version } = state
  const kept = version === null ? undefined : await parts.catalogue.release(id, version)
  if (kept) return kept
  const entry = await parts.catalogue.find(id)
  const [release] = entry?.releases ?? []
  if (release && (version === null || gt(release.manifest.version, version))) return release
  const problems = entry?.problems ?? []
  if (problems.length > 0) throw new Error(problems.join(' '))
  throw new Error(entry ? `Its version ${version} is gone.` : 'Its folder is gone.')
}

function assertNotOlder({ manifest: { id, version } }: ReadPlugin, state: PluginState): void {
  if (state.version === null || !lt(version, state.version)) return
  throw pluginsRefusals.version_must_be_newer({ pluginId: id, version, servingVersion: state.version })
}
