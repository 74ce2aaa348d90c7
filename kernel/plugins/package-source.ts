import type { ReadPlugin } from './catalogue.ts'

/** What is known of a package without unpacking it. */
export interface ReleaseInfo {
  readonly version: string
  readonly digest: string
  readonly source: 'bundled' | 'package'
  readonly publisher: string
  readonly signature: 'signed' | 'unsigned' | 'bundled'
  readonly keyId: string | null
  readonly size: number
  readonly installedAt: string
}

/** What became of the key a release was signed with: it counts when something is installed, and is told afterwards. */
export type KeyState = 'trusted' | 'revoked' | 'expired' | 'unknown'

/** A release with the plugin it is one of. */
export interface Release extends ReleaseInfo {
  readonly pluginId: string
  /** As npm knows it. */
  readonly name: string
}

/** A release that is kept but cannot be used, and why. */
export interface BrokenRelease {
  readonly release: Release
  readonly reason: string
}

/** Where installed packages, and releases kept for a rollback, are. */
export interface PackageSource {
  /** Every release that can be read, newest first per plugin; one that cannot hides no other. */
  list(): Promise<readonly ReadPlugin[]>
  /** What `list` leaves out. */
  broken(): Promise<readonly BrokenRelease[]>
  find(pluginId: string, version: string): Promise<ReadPlugin | undefined>
  releases(pluginId: string): Promise<readonly ReleaseInfo[]>
  keyState(keyId: string): Promise<KeyState>
  /** Packs a bundled release, so that it is there when its folder has changed, and on every machine. */
  keep(plugin: ReadPlugin): Promise<ReleaseInfo>
  forget(pluginId: string, version?: string): Promise<void>
}
