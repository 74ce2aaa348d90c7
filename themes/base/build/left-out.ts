import type { Plugin } from 'vite'

const nothing = '\0cambium:nothing'

/**
 * What the component library would load with every first page and is not needed there, by who imports it: its toaster,
 * which the layer's own `app.vue` loads with the first toast, and Tailwind's palette, of which our themes use no colour.
 */
const unused: readonly (readonly [id: string, importer: RegExp])[] = [
  ['./Toaster.vue', /@nuxt\/ui\/.*\/App\.vue/],
  ['tailwindcss/colors', /@nuxt\/ui\/.*\/plugins\/colors\.js/],
]

export function leftOut(): Plugin {
  return {
    name: 'cambium:left-out',
    enforce: 'pre',
    resolveId: (id, importer) =>
      unused.some(([left, by]) => left === id && by.test(importer ?? '')) ? nothing : undefined,
    load: (id) => (id === nothing ? 'export default {}' : undefined),
  }
}
