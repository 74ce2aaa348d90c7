import { createHash, randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import { selectRows, transaction } from '../database/index.ts'

export type TokenPurpose = 'confirm' | 'reset'

/** Tokens in links that were sent to an address. Only their hash is kept; each opens once, and only the newest of a purpose. */
export interface LetterTokens {
  make(
    trx: Knex,
    user: { readonly id: string; readonly email: string },
    purpose: TokenPurpose,
  ): Promise<MadeToken>
  /** Whose it is, taken in the same transaction; undefined when it was used, is too old or is for another address by now. */
  take<T>(
    token: string,
    purpose: TokenPurpose,
    work: (trx: Knex.Transaction, userId: string) => Promise<T>,
  ): Promise<T | undefined>
  forgetOld(): Promise<number>
}

export interface MadeToken {
  readonly token: string
  readonly expiresAt: Date
}

const HOUR_MS = 60 * 60_000
const lifetimes: Readonly<Record<TokenPurpose, number>> = { confirm: 24 * HOUR_MS, reset: HOUR_MS }

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

export function createLetterTokens(database: Knex, normalize: (email: string) => string): LetterTokens {
  return {
    async make(trx, { id, email }, purpose) {
      const token = randomBytes(32).toString('base64url')
      const now = new Date()
      const expiresAt = new Date(now.getTime() + lifetimes[purpose])
      await trx('users_letter_tokens').where({ user_id: id, purpose }).delete()
      await trx('users_letter_tokens').insert({
        token_hash: hashOf(token),
        user_id: id,
        purpose,
        email_normalized: normalize(email),
        expires_at: expiresAt,
        created_at: now,
      })
      return { token, expiresAt }
    },
    take: (token, purpose, work) =>
      transaction(database, async (trx) => {
        const [row] = await selectRows<{ userId: string }>(
          trx,
          `SELECT users.id AS userId FROM users_letter_tokens AS tokens
           JOIN users ON users.id = tokens.user_id AND users.email_normalized = tokens.email_normalized
           WHERE tokens.token_hash = ? AND tokens.purpose = ? AND tokens.expires_at > ? FOR UPDATE`,
          [hashOf(token), purpose, new Date()],
        )
        if (!row) return undefined
        await trx('users_letter_tokens')
          .where({ token_hash: hashOf(token) })
          .delete()
        return work(trx, String(row.userId))
      }),
    forgetOld: () => database('users_letter_tokens').where('expires_at', '<', new Date()).delete(),
  }
}
