import type {
  ActionDeclaration,
  NavigationDeclaration,
  PageDeclaration,
  SlotDeclaration,
} from './manifest.ts'

export type FrontendApp = 'portal' | 'admin'

/** One enabled plugin as a frontend sees it. URLs are content-addressed and immutable. */
export interface UiPlugin {
  readonly id: string
  readonly name: string
  readonly version: string
  /** Of its pages' code; another hash is another generation in an open tab. */
  readonly hash: string
  /** ES module for the browser; exports `components` (name → lazy import) and `locales` (locale → lazy strings). */
  readonly module: string
  /** Style sheet of the single-file components' own `<style>` blocks. */
  readonly css: string | null
  /** CommonJS module for server rendering, same exports; null when the plugin renders in the browser only. */
  readonly ssr: string | null
  /** Subresource integrity, `sha384-…`, of `module` and `ssr`. */
  readonly integrity: { readonly module: string; readonly ssr: string | null }
  /**
   * By locale, the strings that `title` of pages and navigation name: a frontend draws menus without loading `module`.
   * Keys are as the manifest writes them; the rest comes with the module's `locales`.
   */
  readonly titles: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly pages: readonly PageDeclaration[]
  readonly navigation: readonly NavigationDeclaration[]
  readonly slots: readonly SlotDeclaration[]
  readonly actions: readonly ActionDeclaration[]
}

/**
 * All that one frontend shows of the enabled plugins. Pushed on the channel `platform.ui:portal` or `platform.ui:admin`
 * and served at `GET /api/platform/ui/:app`. Compare plugins by `id@hash`, not by `revision`: a restarted kernel counts anew.
 */
export interface UiManifest {
  readonly app: FrontendApp
  readonly revision: number
  /** One Tailwind sheet over the host and all enabled plugins; null until the app was built. */
  readonly stylesheet: string | null
  readonly plugins: readonly UiPlugin[]
}

/**
 * One page or slot that the portal is to render before anybody sees it: in a process aside, as somebody who may see it,
 * while no call of the API is answered.
 */
export interface PageRehearsal {
  readonly plugin: UiPlugin
  /** Of the server build that `plugin.ssr` names. */
  readonly code: string
  readonly component: string
  /** Id of the page or slot. */
  readonly contribution: string
  /** Address at which it is rendered. */
  readonly place: string
}
