import type { Ready } from './attempt.ts'
import type { ReadPlugin } from './catalogue.ts'
import type { Replaced } from '../broker/index.ts'
import type { LifecycleParts } from './lifecycle-parts.ts'
import { oversee } from './oversight.ts'
import type { Tier } from './plugin-tier.ts'
import type { Active } from './serving.ts'
import { flipIn, flipOut } from './switchover.ts'
import type { PreparedUi } from './ui-manifests.ts'

/** A generation that is ready, and what it is a generation of. */
export interface Next extends Ready {
  readonly plugin: ReadPlugin
  readonly tier: Tier
  /** Of the wanted state that this makes true. */
  readonly revision: number
}

/** In one turn of the event loop: calls, routes, channels and pages are the next generation's. */
export function putInFront(parts: LifecycleParts, next: Next, previous: Active | undefined): Replaced {
  const { host, serving, uiManifests, switches } = parts
  const { plugin, tier, revision, generation, contribution, ui } = next
  // Before its first call: what is switched off stays off.
  host.points.setDisabled(plugin.manifest.id, switches.behindPoints(plugin.manifest.id))
  const replaced = flipIn(host, generation, previous?.generation, oversee(parts, generation))
  generation.open()
  serving.set(plugin.manifest.id, { plugin, tier, revision, generation, contribution })
  uiManifests.commit(ui)
  return replaced
}

/** In one turn: nothing of the plugin is offered any more. */
export function takeFromFront(parts: LifecycleParts, id: string, active: Active, ui: PreparedUi): Replaced {
  const { host, serving, uiManifests, health, watchdog } = parts
  const replaced = flipOut(host, active.generation.manifest)
  serving.delete(id)
  health.close(id)
  watchdog.forget(id)
  uiManifests.commit(ui)
  return replaced
}
