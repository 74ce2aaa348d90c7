import { hash, verify } from '@node-rs/argon2'
import type { Knex } from 'knex'
import { passwordStrength } from './password-strength.ts'

/** OWASP's choice for argon2id, the default of this library: 19 MiB, two passes, one lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

interface CredentialRow {
  user_id: string
  kind: 'password'
  secret: string
  changed_at: Date
  strength: number | null
}

export interface Credentials {
  setPassword(
    database: Knex,
    user: { readonly id: string; readonly email: string },
    password: string,
  ): Promise<void>
  /** Null for an account without a password. */
  passwordFacts(userId: string): Promise<{ changedAt: Date; strength: number | null } | null>
  /** Does the same work whether or not there is such a user, so that time does not tell who has an account. */
  isPasswordOf(userId: string | undefined, password: string): Promise<boolean>
}

export function createCredentials(database: Knex): Credentials {
  // Verified in place of the secret nobody has; made once, so that the first stranger waits no longer than others.
  const decoy = hash('nobody has this password', cost)

  return {
    async setPassword(trx, { id, email }, password) {
      const [secret, strength] = await Promise.all([
        hash(password.normalize('NFKC'), cost),
        passwordStrength(password, email),
      ])
      await trx<CredentialRow>('credentials')
        .insert({ user_id: id, kind: 'password', secret, changed_at: new Date(), strength })
        .onConflict(['user_id', 'kind'])
        .merge(['secret', 'changed_at', 'strength'])
    },
    async passwordFacts(userId) {
      const row = await database<CredentialRow>('credentials')
        .where({ user_id: userId, kind: 'password' })
        .first('changed_at', 'strength')
      return row ? { changedAt: row.changed_at, strength: row.strength } : null
    },
    async isPasswordOf(userId, password) {
      const row = await database<CredentialRow>('credentials')
        .where({ user_id: userId ?? '0', kind: 'password' })
        .first('secret')
      const isMatch = await verify(row?.secret ?? (await decoy), password.normalize('NFKC'))
      return isMatch && row !== undefined
    },
  }
}
