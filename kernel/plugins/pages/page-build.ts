import type { FrontendApp } from '../ui-manifest.ts'

/** What one build of a plugin's pages for one frontend is made from. */
export interface PageBuildRequest {
  readonly app: FrontendApp
  readonly pluginId: string
  readonly directory: string
  /** Component names; each is `<app>/<name>.vue`. */
  readonly components: readonly string[]
  /** `locales/*.json`, relative. */
  readonly locales: readonly string[]
  /** Where `<id>/<hash>/` is written. */
  readonly assetsDirectory: string
}

/** A finished build, kept by the hash of its inputs. */
export interface PageBuild {
  /** Of what was written. */
  readonly hash: string
  readonly hasCss: boolean
  /** Where the module is, when it is not one of the files written. */
  readonly module?: string
  readonly integrity: { readonly module: string; readonly ssr: string | null }
  /** Words in its sources that may be utility classes. */
  readonly candidates: readonly string[]
}

export const MODULE_FILE = 'module.js'
export const SSR_FILE = 'ssr.cjs'
export const CSS_FILE = 'style.css'
