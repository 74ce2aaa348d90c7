import type { Knex } from 'knex'
import type { Logger } from '../broker/index.ts'
import { transaction } from '../database/index.ts'
import {
  checkClaims,
  createPublishers,
  forgetArtifacts,
  keepArtifact,
  readArtifact,
  signerOf,
  type Claim,
} from '../plugins/index.ts'
import { contrastFindings } from './contrast.ts'
import type { InstalledTheme } from './routes.ts'
import { readThemeFolders } from './theme-folder.ts'
import { readThemePackage } from './theme-package.ts'
import type { Theme } from './theme-source.ts'

interface PackageRow {
  theme_id: string
  version: string
  digest: string
  name: string
  publisher: string
  signature: 'signed' | 'unsigned'
  key_id: string | null
  installed_by: string
  installed_at: Date
}

/** Themes that are here: folders of the platform, and packages in its database. */
export interface InstalledThemes {
  all(): Promise<readonly Theme[]>
  find(themeId: string): Promise<Theme | undefined>
  /** Judges a package whole before anything of it is kept. Throws refusals. Installing never uses it. */
  install(
    bytes: Buffer,
    installedBy: string,
    beforeUpdate: (themeId: string) => Promise<void>,
  ): Promise<InstalledTheme>
  remove(themeId: string, andThen: (trx: Knex) => Promise<void>): Promise<void>
}

export interface InstalledThemesOptions {
  readonly database: Knex
  /** Holds a folder for each theme that comes with the platform. */
  readonly directory: string
  readonly log: Logger
}

export function createInstalledThemes({ database, directory, log }: InstalledThemesOptions): InstalledThemes {
  const publishers = createPublishers(database)
  const rows = (from: Knex = database) => from<PackageRow>('themes_packages')
  const read = new Map<string, Promise<Theme>>()
  let folders: Promise<readonly Theme[]> | undefined

  /** Read once a process: neither folders nor the bytes of a digest change while it runs. */
  function shipped(): Promise<readonly Theme[]> {
    folders ??= readThemeFolders(directory)
    folders.catch(() => {
      folders = undefined
    })
    return folders
  }

  async function readInstalled({ digest, signature }: PackageRow): Promise<Theme> {
    return (await readThemePackage(await readArtifact(database, digest))).read(signature)
  }

  function installed(row: PackageRow): Promise<Theme> {
    const known = read.get(row.digest)
    if (known) return known
    const reading = readInstalled(row)
    read.set(row.digest, reading)
    reading.catch(() => read.delete(row.digest))
    return reading
  }

  /** Of each theme the one that came last; a package that cannot be read hides no other. */
  async function packaged(): Promise<readonly Theme[]> {
    const newest = new Map<string, PackageRow>()
    for (const row of await rows().orderBy('installed_at')) newest.set(row.theme_id, row)
    const themes = [...newest.values()].map((row) =>
      installed(row).catch((error: unknown) => {
        log.error(`the theme ${row.theme_id} ${row.version} cannot be read`, { error })
        return undefined
      }),
    )
    return (await Promise.all(themes)).filter((theme) => theme !== undefined)
  }

  async function all(): Promise<readonly Theme[]> {
    const themes = new Map<string, Theme>()
    for (const theme of [...(await shipped()), ...(await packaged())]) themes.set(theme.id, theme)
    return [...themes.values()]
  }

  async function claimsOn(themeId: string): Promise<readonly Claim[]> {
    const own = (await shipped()).filter(({ id }) => id === themeId)
    const kept = await rows().where({ theme_id: themeId })
    return [
      ...own.map(({ version, publisher }): Claim => {
        return { version, publisher, signature: 'bundled', digest: null }
      }),
      ...kept.map(({ version, publisher, signature, digest }) => ({ version, publisher, signature, digest })),
    ]
  }

  return {
    all,
    find: async (themeId) => (await all()).find(({ id }) => id === themeId),
    async install(bytes, installedBy, beforeUpdate) {
      const { content, read: readTheme } = await readThemePackage(bytes)
      const { id: themeId, name, version, publisher } = content.declaration.manifest
      const signer = await signerOf(content, publishers)
      const claims = await claimsOn(themeId)
      checkClaims(content, signer, claims)
      const signature = signer ? 'signed' : 'unsigned'
      const { original } = readTheme(signature)
      const { digest } = content
      const keyId = signer?.keyId ?? null
      const isUpdate = claims.length > 0 && claims.every((claim) => claim.digest !== digest)
      if (isUpdate) await beforeUpdate(themeId)
      await transaction(database, async (trx) => {
        await keepArtifact(trx, digest, bytes)
        await rows(trx)
          .insert({
            theme_id: themeId,
            version,
            digest,
            name,
            publisher,
            signature,
            key_id: keyId,
            installed_by: installedBy,
            installed_at: new Date(),
          })
          .onConflict(['theme_id', 'version'])
          .ignore()
      })
      const findings = contrastFindings(original.tokens).length
      return { themeId, name, version, digest, publisher, signature, keyId, findings, isUpdate }
    },
    remove: (themeId, andThen) =>
      transaction(database, async (trx) => {
        const digests = await rows(trx).where({ theme_id: themeId }).pluck('digest')
        await rows(trx).where({ theme_id: themeId }).delete()
        await forgetArtifacts(trx, digests)
        await andThen(trx)
      }),
  }
}
