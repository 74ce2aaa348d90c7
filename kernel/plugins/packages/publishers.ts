import type { KeyState } from '../package-source.ts'
import type { Knex } from 'knex'
import { packagesRefusals } from './refusals.ts'
import { keyIdOf } from './signature.ts'

/** A key the operator trusts, or trusted, to sign for a publisher. */
export interface PublisherKey {
  readonly keyId: string
  /** PEM. */
  readonly publicKey: string
  /** The publisher its packages must name. */
  readonly publisher: string
  readonly trustedBy: string
  readonly trustedAt: string
  readonly expiresAt: string | null
  readonly revokedAt: string | null
}

export interface NewPublisherKey {
  readonly publicKey: string
  readonly publisher: string
  readonly trustedBy: string
  readonly expiresAt?: Date | undefined
}

/** Whom the operator trusts, and which unsigned packages were let in one by one. */
export interface Publishers {
  list(): Promise<readonly PublisherKey[]>
  find(keyId: string): Promise<PublisherKey | undefined>
  stateOf(keyId: string): Promise<KeyState>
  trust(key: NewPublisherKey): Promise<PublisherKey>
  /** For good: a key that was given away stays given away. What was installed with it stays installed. */
  revoke(keyId: string): Promise<PublisherKey>
  allowUnsigned(digest: string, allowedBy: string): Promise<void>
  isUnsignedAllowed(digest: string): Promise<boolean>
}

interface PublisherRow {
  key_id: string
  public_key: string
  publisher: string
  trusted_by: string
  trusted_at: Date
  expires_at: Date | null
  revoked_at: Date | null
}

export function createPublishers(database: Knex): Publishers {
  const publishers = () => database<PublisherRow>('plugins_publishers')
  const allowed = () =>
    database<{ digest: string; allowed_by: string; allowed_at: Date }>('plugins_unsigned_packages')

  async function find(keyId: string): Promise<PublisherKey | undefined> {
    const row = await publishers().where({ key_id: keyId }).first()
    return row && fromRow(row)
  }

  return {
    list: async () => (await publishers().orderBy(['publisher', 'trusted_at'])).map(fromRow),
    find,
    trust: async ({ publicKey, publisher, trustedBy, expiresAt }) => {
      const keyId = keyIdOf(publicKey)
      if (await find(keyId)) throw packagesRefusals.publisher_key_already_trusted({ keyId })
      const row: PublisherRow = {
        key_id: keyId,
        public_key: publicKey,
        publisher,
        trusted_by: trustedBy,
        trusted_at: new Date(),
        expires_at: expiresAt ?? null,
        revoked_at: null,
      }
      await publishers().insert(row)
      return fromRow(row)
    },
    stateOf: async (keyId) => {
      const key = await find(keyId)
      if (!key) return 'unknown'
      if (key.revokedAt !== null) return 'revoked'
      return key.expiresAt !== null && new Date(key.expiresAt) <= new Date() ? 'expired' : 'trusted'
    },
    revoke: async (keyId) => {
      await publishers().where({ key_id: keyId }).whereNull('revoked_at').update({ revoked_at: new Date() })
      const key = await find(keyId)
      if (!key) throw packagesRefusals.publisher_key_not_found({ keyId })
      return key
    },
    allowUnsigned: async (digest, allowedBy) => {
      await allowed()
        .insert({ digest, allowed_by: allowedBy, allowed_at: new Date() })
        .onConflict('digest')
        .ignore()
    },
    isUnsignedAllowed: async (digest) => (await allowed().where({ digest }).first('digest')) !== undefined,
  }
}

function fromRow(row: PublisherRow): PublisherKey {
  return {
    keyId: row.key_id,
    publicKey: row.public_key,
    publisher: row.publisher,
    trustedBy: row.trusted_by,
    trustedAt: row.trusted_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  }
}
