import type { Tier } from '../plugin-tier.ts'

/** A release as one node names it to the others: they must have the very same. */
export interface NamedRelease {
  readonly pluginId: string
  readonly version: string
  /** Of the server code, so that two nodes with other folders of one version do not pass for alike. */
  readonly codeHash: string
  readonly tier: Tier
  readonly generation: number
  /** Of the plugin's wanted state, once this release serves. */
  readonly revision: number
}
