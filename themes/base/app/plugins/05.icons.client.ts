import { addAPIProvider } from '@iconify/vue'

/** Icons that only a plugin names come from the portal's server for both apps: the admin has none of its own. */
export default defineNuxtPlugin({
  name: 'cambium:icons',
  dependsOn: ['@nuxt/icon'],
  setup() {
    addAPIProvider('', { resources: ['/_platform/icon'] })
  },
})
