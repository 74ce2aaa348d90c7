import { addAPIProvider } from '@iconify/vue'

/**
 * Icons that only a plugin's manifest names are asked of the portal's server, which answers for both frontends:
 * the admin is files without a server, so the path below its own base would lead nowhere.
 */
export default defineNuxtPlugin({
  name: 'cambium:admin-icons',
  dependsOn: ['@nuxt/icon'],
  setup() {
    addAPIProvider('', { resources: ['/_platform/icon'] })
  },
})
