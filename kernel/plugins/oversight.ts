import type { Call, Implementation } from '../broker/index.ts'
import type { Route } from '../contract/index.ts'
import type { Generation } from './generation.ts'
import type { LifecycleParts } from './lifecycle-parts.ts'
import { pluginsRefusals } from './refusals.ts'

/** The generation's handlers behind the operator's switches, counted, and under the watchdog's eyes. */
export function oversee(
  { switches, watchdog, health }: Pick<LifecycleParts, 'switches' | 'watchdog' | 'health'>,
  generation: Generation,
): readonly Implementation<never>[] {
  const { pluginId, number, implementations } = generation
  const counter = health.open(generation)
  return implementations.map(({ route, handler }) => {
    const handle = handler as (call: Call<Route>) => Promise<unknown>
    const { action } = route
    const overseen = async (call: Call<Route>): Promise<unknown> => {
      if (switches.isOff(pluginId, 'route', action)) {
        throw pluginsRefusals.contribution_off({ pluginId, kind: 'route', contributionId: action })
      }
      const beganMs = counter.began()
      try {
        const answer = await handle(call)
        counter.ended(beganMs)
        watchdog.called(pluginId, number)
        return answer
      } catch (error) {
        counter.ended(beganMs, error)
        watchdog.called(pluginId, number, error)
        throw error
      }
    }
    return { route, handler: overseen as Implementation<never>['handler'] }
  })
}
