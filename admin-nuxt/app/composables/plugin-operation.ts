import type { Ref } from 'vue'
import { disablePlugin, enablePlugin, reloadPlugin, type Operation } from '@cambium/kernel/plugins/routes'

export type PluginAction = 'enable' | 'disable' | 'reload'

const routes = { enable: enablePlugin, disable: disablePlugin, reload: reloadPlugin }

export interface PluginOperation {
  /** The operation running or the last one seen; steps change live, whoever started it. */
  readonly operation: Ref<Operation | null>
  /** Why the platform did not even begin. */
  readonly refusal: Ref<unknown>
  readonly isRunning: Ref<boolean>
  run(action: PluginAction): Promise<void>
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

  async function run(action: PluginAction): Promise<void> {
    refusal.value = null
    isAsked.value = true
    operation.value = null
    try {
      see(await api(routes[action], { pluginId }))
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
