import { listHealth, type PluginHealth } from '@cambium/kernel/plugins/routes'
import type { Ref } from 'vue'

const samplesMax = 60

/** Figures of a plugin as they were over the last minutes, oldest first; kept while the tab lives. */
const history = new Map<string, readonly PluginHealth[]>()

/** Requests since the sample before; figures count up from the plugin's start and begin anew with a new generation. */
export function requestsBetween(samples: readonly Pick<PluginHealth, 'requests'>[]): readonly number[] {
  return samples
    .slice(1)
    .map(({ requests }, at) => Math.max(0, requests - (samples[at]?.requests ?? requests)))
}

export interface HealthControl {
  readonly figures: Ref<readonly PluginHealth[] | null>
  readonly error: Ref<unknown>
  readonly isLoading: Ref<boolean>
  readonly isStale: Ref<boolean>
  samplesOf(pluginId: string): readonly PluginHealth[]
  refresh(): Promise<void>
}

/** How every enabled plugin does, live, and what was seen of each since this tab was opened. */
export function usePluginHealth(): HealthControl {
  const api = useApi()
  const seen = ref(0)
  function note(figures: readonly PluginHealth[]): void {
    for (const one of figures) {
      const before = history.get(one.pluginId) ?? []
      history.set(one.pluginId, [...before, one].slice(-samplesMax))
    }
    seen.value += 1
  }
  const resource = useResource(
    async (signal) => {
      const { items } = await api(listHealth, {}, { signal })
      note(items)
      return items
    },
    { key: () => 'health', everyMs: 3_000 },
  )
  return {
    figures: resource.data,
    error: resource.error,
    isLoading: resource.isLoading,
    isStale: resource.isStale,
    refresh: resource.refresh,
    samplesOf(pluginId) {
      // Reading it makes the caller follow the samples, which lie outside of Vue.
      void seen.value
      return history.get(pluginId) ?? []
    },
  }
}
