import type { UiManifest } from '@cambium/kernel/ui-manifest'

declare module 'vue-router' {
  interface RouteMeta {
    /** Set on routes of plugins. */
    pluginPage?: { readonly pluginId: string; readonly pageId: string }
    /** Who may open the page: a permission, or `signedIn`. */
    permission?: string
  }
}

declare module 'h3' {
  interface H3EventContext {
    uiManifest?: UiManifest | null
    /** Style sheets of plugin components rendered into this answer. */
    componentSheets?: Set<string>
  }
}

declare module 'nuxt/schema' {
  interface PublicRuntimeConfig {
    app: 'portal' | 'admin'
  }
}

export {}
