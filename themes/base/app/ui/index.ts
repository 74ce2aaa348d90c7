/** `@cambium/ui` for plugin pages: composables; the parts of the kit are `@cambium/ui/<Name>`, one chunk each. */
export { useToast as useToasts } from '@nuxt/ui/composables'
