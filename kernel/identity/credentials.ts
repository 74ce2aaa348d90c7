import { hash, verify } from '@node-rs/argon2'
import type { Knex } from 'knex'

/** OWASP's choice for argon2id, the default of this library: 19 MiB, two passes, one lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

interface CredentialRow {
  user_id: string
  kind: 'password'
  secret: string
  changed_at: Date
}

export interface Credentials {
  setPassword(database: Knex, userId: string, password: string): Promise<void>
  /** Does the same work whether or not there is such a user, so that time does not tell who has an account. */
  isPasswordOf(userId: string | undefined, password: string): Promise<boolean>
}

export function createCredentials(database: Knex): Credentials {
  // Verified in place of the secret nobody has; made once, so that the first stranger waits no longer than others.
  const decoy = hash('nobody has this password', cost)

  return {
    async setPassword(trx, userId, password) {
      const secret = await hash(password.normalize('NFKC'), cost)
      await trx<CredentialRow>('credentials')
        .insert({ user_id: userId, kind: 'password', secret, changed_at: new Date() })
        .onConflict(['user_id', 'kind'])
        .merge(['secret', 'changed_at'])
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
