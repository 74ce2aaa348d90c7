import type { Knex } from 'knex'
import { transaction } from '../../database/index.ts'
import type { Release } from '../package-source.ts'
import { sha256 } from './package-file.ts'

export type NewRelease = Omit<Release, 'size' | 'installedAt'>

/** The bytes of every package in the database, so that each node and a rebuilt machine have them. */
export interface ArtifactStore {
  /** Newest first, of one plugin or of all. */
  releases(pluginId?: string): Promise<readonly Release[]>
  /** Keeps bytes and release at one stroke; what is there already stays as it is. */
  keep(release: NewRelease, bytes: Buffer): Promise<Release>
  /** Throws when they are not there or are not what they were. */
  read(digest: string): Promise<Buffer>
  /** Bytes that no other release has go as well. */
  forget(pluginId: string, version?: string): Promise<readonly string[]>
}

interface ReleaseRow {
  plugin_id: string
  version: string
  digest: string
  name: string
  source: Release['source']
  publisher: string
  signature: Release['signature']
  key_id: string | null
  installed_at: Date
}

/** A statement of one piece fits any server: MySQL's smallest default for a packet is 4 MB. */
const CHUNK_BYTES = 512 * 1024

const artifacts = (from: Knex) =>
  from<{ digest: string; size: number; created_at: Date }>('plugins_artifacts')
const chunks = (from: Knex) => from<{ digest: string; seq: number; bytes: Buffer }>('plugins_artifact_chunks')

/** Keeps the bytes of a package of any kind; those that are there already stay. */
export async function keepArtifact(trx: Knex, digest: string, bytes: Buffer): Promise<void> {
  if (await artifacts(trx).where({ digest }).first('digest')) return
  await artifacts(trx).insert({ digest, size: bytes.length, created_at: new Date() })
  for (let seq = 0; seq * CHUNK_BYTES < bytes.length; seq++) {
    const piece = bytes.subarray(seq * CHUNK_BYTES, (seq + 1) * CHUNK_BYTES)
    await chunks(trx).insert({ digest, seq, bytes: piece })
  }
}

/** Throws when they are not there or are not what they were. */
export async function readArtifact(database: Knex, digest: string): Promise<Buffer> {
  const pieces = await chunks(database).where({ digest }).orderBy('seq').select('bytes')
  const bytes = Buffer.concat(pieces.map((piece) => piece.bytes))
  if (sha256(bytes) === digest) return bytes
  throw new Error(`The package ${digest} in the database is not what it was when it was kept.`)
}

export async function forgetArtifacts(trx: Knex, digests: readonly string[]): Promise<void> {
  await chunks(trx).whereIn('digest', digests).delete()
  await artifacts(trx).whereIn('digest', digests).delete()
}

export function createArtifactStore(database: Knex): ArtifactStore {
  const rows = (from: Knex = database) => from<ReleaseRow>('plugins_releases')

  async function releases(pluginId?: string): Promise<readonly Release[]> {
    const found = await rows()
      .join('plugins_artifacts', 'plugins_artifacts.digest', 'plugins_releases.digest')
      .modify((query) => {
        if (pluginId !== undefined) void query.where({ plugin_id: pluginId })
      })
      .orderBy([{ column: 'installed_at', order: 'desc' }])
      .select<(ReleaseRow & { size: number })[]>('plugins_releases.*', 'plugins_artifacts.size')
    return found.map(fromRow)
  }

  return {
    releases,
    keep: async (release, bytes) => {
      const { pluginId, version, digest, name, source, publisher, signature, keyId } = release
      const row = { plugin_id: pluginId, version, digest, name, source, publisher, signature, key_id: keyId }
      await transaction(database, async (trx) => {
        await keepArtifact(trx, digest, bytes)
        await rows(trx)
          .insert({ ...row, installed_at: new Date() })
          .onConflict(['plugin_id', 'version', 'digest'])
          .ignore()
      })
      const kept = (await releases(pluginId)).find((one) => one.digest === digest && one.version === version)
      if (!kept) throw new Error(`${pluginId} ${version} was not kept.`)
      return kept
    },
    read: (digest) => readArtifact(database, digest),
    forget: (pluginId, version) =>
      transaction(database, async (trx) => {
        const which = { plugin_id: pluginId, ...(version === undefined ? {} : { version }) }
        const digests = await rows(trx).where(which).pluck('digest')
        await rows(trx).where(which).delete()
        const kept = new Set(await rows(trx).whereIn('digest', digests).pluck('digest'))
        const gone = [...new Set(digests)].filter((digest) => !kept.has(digest))
        await forgetArtifacts(trx, gone)
        return gone
      }),
  }
}

function fromRow(row: ReleaseRow & { size: number }): Release {
  return {
    pluginId: row.plugin_id,
    version: row.version,
    digest: row.digest,
    name: row.name,
    source: row.source,
    publisher: row.publisher,
    signature: row.signature,
    keyId: row.key_id,
    size: row.size,
    installedAt: row.installed_at.toISOString(),
  }
}
