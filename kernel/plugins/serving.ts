import type { ReadPlugin } from './catalogue.ts'
import type { Generation } from './generation.ts'
import type { PluginManifest } from './manifest.ts'
import type { Tier } from './plugin-tier.ts'
import type { UiContribution } from './ui-manifests.ts'

/** A generation that serves, and the release it was started from. */
export interface Active {
  readonly plugin: ReadPlugin
  readonly tier: Tier
  /** Of the wanted state that it makes true. */
  readonly revision: number
  readonly generation: Generation
  readonly contribution: UiContribution
}

/** What serves now. Only the lifecycle's operations write to it, one at a time. */
export class Serving {
  readonly #active = new Map<string, Active>()

  /** Manifests of what serves, by id. */
  get manifests(): ReadonlyMap<string, PluginManifest> {
    return new Map([...this.#active].map(([id, { contribution }]) => [id, contribution.manifest]))
  }

  /** What all of it shows in the frontends. */
  get contributions(): readonly UiContribution[] {
    return [...this.#active.values()].map(({ contribution }) => contribution)
  }

  /** In the order in which they began to serve. */
  get all(): readonly (readonly [string, Active])[] {
    return [...this.#active]
  }

  get(id: string): Active | undefined {
    return this.#active.get(id)
  }

  generation(id: string): number | null {
    return this.#active.get(id)?.generation.number ?? null
  }

  contributionsBeside(id: string): readonly UiContribution[] {
    return [...this.#active].filter(([other]) => other !== id).map(([, { contribution }]) => contribution)
  }

  manifestsBeside(id: string): readonly PluginManifest[] {
    return [...this.manifests.values()].filter((manifest) => manifest.id !== id)
  }

  set(id: string, active: Active): void {
    this.#active.set(id, active)
  }

  delete(id: string): void {
    this.#active.delete(id)
  }
}
