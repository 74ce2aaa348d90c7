/** `@cambium/ui` for plugin pages: composables; the parts of the kit are `@cambium/ui/<Name>`, one chunk each. */
export { useToast as useToasts } from '@nuxt/ui/composables/useToast'
export { useApi } from '../composables/useApi.ts'
export { useChannel, type ChannelListener } from '../composables/useChannel.ts'
export { useHostNavigation, type NavigationEntry } from '../composables/useHostNavigation.ts'
export { useMessages } from '../composables/useMessages.ts'
export { usePluginState } from '../composables/usePluginState.ts'
export { useSession, type SessionControl } from '../composables/useSession.ts'
