import type { Implementation } from '../broker/index.ts'
import type { Generation } from './generation.ts'
import type { PluginHost, Replaced } from './host.ts'
import type { PluginManifest } from './manifest.ts'
import { pluginsRefusals } from './refusals.ts'

/**
 * Puts a generation in front: calls, HTTP routes and channels, in one turn of the event loop. Everything that can fail
 * or takes time was done before. Answers for the calls still running in the generation it replaced.
 */
export function flipIn(host: PluginHost, next: Generation, previous: Generation | undefined): Replaced {
  const { manifest } = next
  // First, because it alone can throw, and then nothing has changed.
  const replaced = host.broker.publish(manifest.id, next.implementations)
  host.gateway.setRoutes(manifest.id, manifest.routes)
  host.gateway.setDisabled(manifest.id, false)
  const channels = manifest.channels ?? []
  const isSame = JSON.stringify(channels) === JSON.stringify(previous?.manifest.channels ?? [])
  if (previous && !isSame) host.realtime.removeOwner(manifest.id)
  for (const { name, access } of channels) {
    // A channel nobody answers for begins empty: its messages are all there is.
    const source = next.channels.get(name) ?? (async () => null)
    host.realtime.provide(manifest.id, { name, access }, source)
  }
  return replaced
}

/** Takes a plugin away in one turn. Calls that were on their way are refused as those that come later. */
export function flipOut(host: PluginHost, manifest: PluginManifest): Replaced {
  host.gateway.setDisabled(manifest.id, true)
  host.gateway.removeRoutes(manifest.id)
  const replaced = host.broker.publish(manifest.id, manifest.routes.map(refusing))
  host.realtime.removeOwner(manifest.id)
  return replaced
}

function refusing(route: PluginManifest['routes'][number]): Implementation<never> {
  return {
    route: route as never,
    handler: async () => {
      throw pluginsRefusals.plugin_disabled({ pluginId: route.action.split('.')[0] })
    },
  }
}
