import type { MaybeRefOrGetter, Ref } from 'vue'
import type { ChannelStatus, Subscription } from '../host/channel-hub.ts'

export interface ChannelListener<S, M> {
  onSnapshot(snapshot: S): void
  onMessage(message: M): void
}

/**
 * Follows `channel` while the component is on screen; null follows nothing. After a lost connection the status is
 * `stale` until a fresh snapshot arrived, so `onSnapshot` replaces what is shown.
 */
export function useChannel<S = unknown, M = S>(
  channel: MaybeRefOrGetter<string | null>,
  listener: ChannelListener<S, M>,
): { readonly status: Ref<ChannelStatus> } {
  const status = ref<ChannelStatus>('connecting')
  if (import.meta.server) return { status }

  const { $channels } = useNuxtApp()
  let subscription: Subscription | undefined
  const handlers = {
    onSnapshot: (data: unknown) => listener.onSnapshot(data as S),
    onMessage: (data: unknown) => listener.onMessage(data as M),
  }
  let unwatch: (() => void) | undefined

  function follow(name: string | null): void {
    subscription?.stop()
    unwatch?.()
    status.value = 'connecting'
    if (name === null) return
    const followed = $channels.subscribe(name, handlers)
    subscription = followed
    unwatch = watch(followed.status, (value) => (status.value = value), { immediate: true, flush: 'sync' })
  }

  onMounted(() => watch(() => toValue(channel), follow, { immediate: true }))
  onScopeDispose(() => {
    subscription?.stop()
    unwatch?.()
  })
  return { status }
}
