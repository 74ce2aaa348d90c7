import type { Call, Implementation } from '../broker/index.ts'
import type { Route } from '../contract/index.ts'
import { traced } from '../tracing/index.ts'
import type { Generation } from './generation.ts'
import type { CallCounter, ContributionKind } from './health/index.ts'
import type { LifecycleParts } from './lifecycle-parts.ts'
import type { PluginExtensions } from './plugin-server.ts'
import { pluginsRefusals } from './refusals.ts'

type Watching = Pick<LifecycleParts, 'switches' | 'watchdog' | 'health'>

/** A generation as it is put in front. */
export interface Overseen {
  readonly implementations: readonly Implementation<never>[]
  readonly extensions: PluginExtensions
}

/** The generation's handlers behind the operator's switches, counted, traced, and under the watchdog's eyes. */
export function oversee(parts: Watching, generation: Generation): Overseen {
  const counter = parts.health.open(generation)
  return {
    implementations: implementationsOf(parts, generation, counter),
    extensions: extensionsOf(generation, counter),
  }
}

/** The hop into the plugin's tier: a step of its own, whose length is the tier's and the plugin's. */
function hop<T>(
  generation: Generation,
  kind: ContributionKind,
  id: string,
  work: () => Promise<T>,
): Promise<T> {
  const { pluginId, tier, number } = generation
  return traced(
    `plugin ${pluginId} (${tier})`,
    {
      'cambium.plugin': pluginId,
      'cambium.tier': tier,
      'cambium.generation': number,
      [`cambium.${kind}`]: id,
    },
    work,
  )
}

async function counted<T>(
  counter: CallCounter,
  { kind, id }: { readonly kind: ContributionKind; readonly id: string },
  work: () => Promise<T>,
): Promise<T> {
  const beganMs = counter.began()
  try {
    const answer = await work()
    counter.ended({ kind, id, beganMs })
    return answer
  } catch (error) {
    counter.ended({ kind, id, beganMs }, error)
    throw error
  }
}

function implementationsOf(
  { switches, watchdog }: Watching,
  generation: Generation,
  counter: CallCounter,
): readonly Implementation<never>[] {
  const { pluginId, number, implementations } = generation
  return implementations.map(({ route, handler }) => {
    const handle = handler as (call: Call<Route>) => Promise<unknown>
    const { action } = route
    const overseen = async (call: Call<Route>): Promise<unknown> => {
      if (switches.isOff(pluginId, 'route', action)) {
        throw pluginsRefusals.contribution_off({ pluginId, kind: 'route', contributionId: action })
      }
      try {
        const answer = await counted(counter, { kind: 'route', id: action }, () =>
          hop(generation, 'route', action, () => handle(call)),
        )
        watchdog.called(pluginId, number)
        return answer
      } catch (error) {
        watchdog.called(pluginId, number, error)
        throw error
      }
    }
    return { route, handler: overseen as Implementation<never>['handler'] }
  })
}

type Work = (argument: never) => Promise<unknown> | unknown

function extensionsOf(generation: Generation, counter: CallCounter): PluginExtensions {
  const { extensions } = generation
  const all = <T extends Work>(kind: ContributionKind, works: Readonly<Record<string, T>> | undefined) =>
    Object.fromEntries(
      Object.entries(works ?? {}).map(([id, work]) => {
        const overseen = (argument: never): Promise<unknown> =>
          counted(counter, { kind, id }, () => hop(generation, kind, id, async () => work(argument)))
        return [id, overseen as unknown as T]
      }),
    )
  return {
    ...extensions,
    jobs: all('job', extensions.jobs),
    listeners: all('listener', extensions.listeners),
    filters: all('filter', extensions.filters),
    strategies: all('strategy', extensions.strategies),
  }
}
