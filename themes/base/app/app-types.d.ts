import type { Look } from '@cambium/kernel/theme'
import type { Overrides } from './host/texts.ts'
import type { PageRehearsal, UiManifest, UiPlugin } from '@cambium/kernel/ui-manifest'

declare module 'vue-router' {
  interface RouteMeta {
    /** Set on routes of plugins. */
    pluginPage?: { readonly pluginId: string; readonly pageId: string }
    /** Who may open the page: a permission, or `signedIn`. */
    permission?: string
    /** Key of what the help says about the page, Markdown. */
    help?: string
  }
}

declare module 'h3' {
  interface H3EventContext {
    uiManifest?: UiManifest | null
    look?: Look | null
    /** By locale, what operators say in place of what was shipped. */
    translations?: Readonly<Record<string, Overrides>>
    /** Plugins whose components are part of this answer. */
    renderedPlugins?: Set<UiPlugin>
    /** Instead of a page this answer renders one part of a plugin, to see what it throws. */
    rehearsal?: PageRehearsal & { readonly failures: unknown[] }
  }
}

declare module 'nuxt/schema' {
  interface PublicRuntimeConfig {
    app: 'portal' | 'admin'
  }
}

export {}
