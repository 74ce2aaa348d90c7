import type { Ref } from 'vue'
import {
  disablePlugin,
  enablePlugin,
  isolatePlugin,
  releaseQuarantine,
  reloadPlugin,
  rollbackPlugin,
  uninstallPlugin,
  upgradePlugin,
  type Operation,
  type PluginSummary,
} from '@cambium/kernel/plugins/routes'
import type { Api } from '@cambium/kernel/contract'

export type Tier = PluginSummary['tier']

/** What an operator decided to do to a plugin, with all that was agreed to on the way. */
export type PluginChange =
  | { action: 'enable'; version?: string; approveGrants?: boolean; withDependencies?: boolean }
  | { action: 'disable'; withDependants?: boolean }
  | { action: 'upgrade'; version: string; approveGrants?: boolean }
  | { action: 'isolate'; tier: Tier }
  | { action: 'uninstall'; data: 'keep' | 'export' | 'purge'; confirmation?: string }
  | { action: 'reload'; approveGrants?: boolean }
  | { action: 'rollback' | 'release' }
export type PluginAction = PluginChange['action']

function send(api: Api, pluginId: string, change: PluginChange): Promise<Operation> {
  switch (change.action) {
    case 'enable': {
      const { action: _, ...params } = change
      return api(enablePlugin, { pluginId, ...params })
    }
    case 'disable': {
      const { action: _, ...params } = change
      return api(disablePlugin, { pluginId, ...params })
    }
    case 'reload': {
      const { action: _, ...params } = change
      return api(reloadPlugin, { pluginId, ...params })
    }
    case 'upgrade': {
      const { action: _, ...params } = change
      return api(upgradePlugin, { pluginId, ...params })
    }
    case 'uninstall': {
      const { action: _, ...params } = change
      return api(uninstallPlugin, { pluginId, ...params })
    }
    case 'isolate':
      return api(isolatePlugin, { pluginId, tier: change.tier })
    case 'rollback':
      return api(rollbackPlugin, { pluginId })
    case 'release':
      return api(releaseQuarantine, { pluginId })
  }
}

export interface PluginOperation {
  /** The operation running or the last one seen; steps change live, whoever started it. */
  readonly operation: Ref<Operation | null>
  /** Why the platform did not even begin. */
  readonly refusal: Ref<unknown>
  readonly isRunning: Ref<boolean>
  run(change: PluginChange): Promise<void>
}

/** Follows the operations on one plugin and starts them. `onEnd` runs after each, started here or elsewhere. */
export function usePluginOperation(pluginId: string, onEnd: () => void): PluginOperation {
  const api = useApi()
  const operation = shallowRef<Operation | null>(null)
  const refusal = shallowRef<unknown>(null)
  const isAsked = ref(false)

  function see(next: Operation | null): void {
    if (!next) return
    const wasRunning = operation.value?.id === next.id && operation.value.state === 'running'
    // The answer of the request and the channel race; what has ended stays ended.
    if (operation.value?.id === next.id && !wasRunning) return
    operation.value = next
    if (wasRunning && next.state !== 'running') onEnd()
  }

  useChannel(`plugins.operations:${pluginId}`, {
    onSnapshot: (snapshot) => see(snapshot as Operation | null),
    onMessage: (message) => see(message as Operation),
  })

  async function run(change: PluginChange): Promise<void> {
    refusal.value = null
    isAsked.value = true
    operation.value = null
    try {
      see(await send(api, pluginId, change))
    } catch (reason) {
      refusal.value = reason
    }
    isAsked.value = false
    onEnd()
  }

  return {
    operation,
    refusal,
    isRunning: computed(() => isAsked.value || operation.value?.state === 'running'),
    run,
  }
}
