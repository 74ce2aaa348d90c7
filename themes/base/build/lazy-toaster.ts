import type { Plugin } from 'vite'

const nothing = '\0cambium:no-toaster'

/**
 * Takes the component library's toaster out of its `UApp`, which would load it with every first page whether or not it
 * is told to draw one. The layer's own `app.vue` loads it with the first toast.
 */
export function lazyToaster(): Plugin {
  return {
    name: 'cambium:lazy-toaster',
    enforce: 'pre',
    resolveId: (id, importer) =>
      id === './Toaster.vue' && /@nuxt\/ui\/.*\/App\.vue/.test(importer ?? '') ? nothing : undefined,
    load: (id) => (id === nothing ? 'export default {}' : undefined),
  }
}
