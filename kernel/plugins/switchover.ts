import type { Implementation } from '../broker/index.ts'
import type { Generation } from './generation.ts'
import type { Replaced } from '../broker/index.ts'
import type { PluginHost } from './host.ts'
import type { Overseen } from './oversight.ts'
import type { PluginManifest } from './manifest.ts'
import { pluginsRefusals } from './refusals.ts'

/**
 * Puts a generation in front: calls, HTTP routes and channels, in one turn of the event loop. Everything that can fail
 * or takes time was done before; `overseen` is what it serves. Answers for the calls still running in the generation it replaced.
 */
export function flipIn(
  host: PluginHost,
  next: Generation,
  previous: Generation | undefined,
  overseen: Overseen,
): Replaced {
  const { id, channels = [] } = next.manifest
  const replaced = publishWithRoutes(host, next, previous, overseen)
  host.gateway.setDisabled(id, false)
  const isSame = JSON.stringify(channels) === JSON.stringify(previous?.manifest.channels ?? [])
  if (previous && !isSame) host.realtime.removeOwner(id)
  for (const { name, access } of channels) {
    // A channel nobody answers for begins empty: its messages are all there is.
    const source = next.channels.get(name) ?? (async () => null)
    host.realtime.provide(id, { name, access }, source)
  }
  return replaced
}

/** Both refuse what is taken. That was verified, and still neither is left without the other. */
function publishWithRoutes(
  host: PluginHost,
  next: Generation,
  previous: Generation | undefined,
  { implementations, extensions }: Overseen,
): Replaced {
  const { id, routes } = next.manifest
  host.gateway.setRoutes(id, routes)
  try {
    const calls = host.broker.publish(id, implementations)
    return both(calls, host.points.publish({ manifest: next.manifest, extensions }))
  } catch (error) {
    if (previous) host.gateway.setRoutes(id, previous.manifest.routes)
    else host.gateway.removeRoutes(id)
    throw error
  }
}

/** Takes a plugin away in one turn. Calls that were on their way are refused as those that come later. */
export function flipOut(host: PluginHost, manifest: PluginManifest): Replaced {
  host.gateway.setDisabled(manifest.id, true)
  host.gateway.removeRoutes(manifest.id)
  const calls = host.broker.publish(manifest.id, manifest.routes.map(refusing))
  const replaced = both(calls, host.points.withdraw(manifest.id))
  host.realtime.removeOwner(manifest.id)
  return replaced
}

/** Calls and what runs behind extension points are one thing to wait for. */
export function both(left: Replaced, right: Replaced): Replaced {
  return {
    inFlight: left.inFlight + right.inFlight,
    drained: async (deadlineMs) => {
      const ended = await Promise.all([left.drained(deadlineMs), right.drained(deadlineMs)])
      return ended.every(Boolean)
    },
  }
}

function refusing(route: PluginManifest['routes'][number]): Implementation<never> {
  return {
    route: route as never,
    handler: async () => {
      throw pluginsRefusals.plugin_disabled({ pluginId: route.action.split('.')[0] })
    },
  }
}
