import type { Pinia } from 'pinia'
import type { Ref } from 'vue'
import { pluginIdKey } from '../host/plugin-id.ts'

/**
 * A ref that outlives the component and the generation: an upgrade in an open tab keeps what the user has typed or
 * chosen. Plain JSON only. Ends when the plugin is disabled.
 */
export function usePluginState<T>(key: string, init: () => T): Ref<T> {
  const pluginId = inject(pluginIdKey)
  if (pluginId === undefined) throw new Error('usePluginState belongs into a component of a plugin.')
  const pinia = useNuxtApp().$pinia as Pinia
  const store = `${pluginId}/state`
  const state = (pinia.state.value[store] ??= {}) as Record<string, T>
  if (!(key in state)) state[key] = init()
  return computed({
    get: () => (pinia.state.value[store]?.[key] ?? init()) as T,
    set: (value) => {
      const place = (pinia.state.value[store] ??= {}) as Record<string, T>
      place[key] = value
    },
  })
}
