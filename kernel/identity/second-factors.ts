import type { Knex } from 'knex'
import { transaction } from '../database/index.ts'
import type { SecretBox } from '../settings/index.ts'
import { recoveryCodesLeft, renewRecoveryCodes, spendRecoveryCode } from './recovery-codes.ts'
import { identityRefusals } from './refusals.ts'
import { newTotpSecret, totpStep, totpUri } from './totp.ts'

interface SecondFactorRow {
  user_id: string
  sealed_secret: string
  is_active: number
  last_step: string
  begun_at: Date
  activated_at: Date | null
}

export interface SecondFactorState {
  readonly isActive: boolean
  readonly activatedAt: string | null
  readonly recoveryCodesLeft: number
}

/** Part of the transaction in which something changed. */
export type InTransaction = (trx: Knex.Transaction) => Promise<void>

export interface SecondFactors {
  isActive(userId: string): Promise<boolean>
  state(userId: string): Promise<SecondFactorState>
  /** A secret that asks for nothing until it is activated; beginning again makes another one. */
  begin(user: { readonly id: string; readonly email: string }): Promise<{ secret: string; uri: string }>
  /** Answers the recovery codes, this once. */
  activate(userId: string, code: string, andThen: InTransaction): Promise<string[]>
  /** Takes a code of the app, or a recovery code; each counts once. Throws `identity.code_wrong`. */
  prove(userId: string, code: string): Promise<'code' | 'recoveryCode'>
  renewCodes(userId: string, andThen: InTransaction): Promise<string[]>
  remove(userId: string, andThen: InTransaction): Promise<void>
}

const contextOf = (userId: string): string => `identity.secondFactor:${userId}`

export function createSecondFactors(database: Knex, secrets: SecretBox): SecondFactors {
  const table = (trx: Knex) => trx<SecondFactorRow>('users_second_factors')

  async function rowOf(trx: Knex, userId: string): Promise<SecondFactorRow | undefined> {
    return table(trx).where({ user_id: userId }).first()
  }

  async function activeRow(trx: Knex, userId: string): Promise<SecondFactorRow> {
    const row = await rowOf(trx, userId)
    if (row?.is_active !== 1) throw identityRefusals.second_factor_not_active()
    return row
  }

  /** The row changes only for a newer step, so of two requests with one code the second is refused. */
  async function spendCode(trx: Knex, row: SecondFactorRow, code: string): Promise<boolean> {
    const secret = secrets.open(row.sealed_secret, contextOf(String(row.user_id)))
    const step = totpStep(secret, code.replace(/\s/g, ''), Date.now())
    if (step === null) return false
    const spent = await table(trx)
      .where({ user_id: row.user_id, sealed_secret: row.sealed_secret })
      .where('last_step', '<', step)
      .update({ last_step: String(step) })
    return spent === 1
  }

  return {
    isActive: async (userId) => (await rowOf(database, userId))?.is_active === 1,
    async state(userId) {
      const row = await rowOf(database, userId)
      const isActive = row?.is_active === 1
      return {
        isActive,
        activatedAt: isActive ? (row.activated_at?.toISOString() ?? null) : null,
        recoveryCodesLeft: isActive ? await recoveryCodesLeft(database, userId) : 0,
      }
    },
    async begin({ id, email }) {
      const secret = newTotpSecret()
      await transaction(database, async (trx) => {
        const row = await table(trx).where({ user_id: id }).forUpdate().first()
        if (row?.is_active === 1) throw identityRefusals.second_factor_already_active()
        const sealed = secrets.seal(secret, contextOf(id))
        await table(trx)
          .insert({
            user_id: id,
            sealed_secret: sealed,
            is_active: 0,
            last_step: '0',
            begun_at: new Date(),
            activated_at: null,
          })
          .onConflict('user_id')
          .merge(['sealed_secret', 'last_step', 'begun_at'])
      })
      return { secret, uri: totpUri(secret, email) }
    },
    activate: (userId, code, andThen) =>
      transaction(database, async (trx) => {
        const row = await table(trx).where({ user_id: userId }).forUpdate().first()
        if (!row) throw identityRefusals.second_factor_not_begun()
        if (row.is_active === 1) throw identityRefusals.second_factor_already_active()
        if (!(await spendCode(trx, row, code))) throw identityRefusals.code_wrong()
        await table(trx).where({ user_id: userId }).update({ is_active: 1, activated_at: new Date() })
        const codes = await renewRecoveryCodes(trx, userId)
        await andThen(trx)
        return codes
      }),
    async prove(userId, code) {
      const row = await activeRow(database, userId)
      if (await spendCode(database, row, code)) return 'code'
      if (await spendRecoveryCode(database, userId, code)) return 'recoveryCode'
      throw identityRefusals.code_wrong()
    },
    renewCodes: (userId, andThen) =>
      transaction(database, async (trx) => {
        await activeRow(trx, userId)
        const codes = await renewRecoveryCodes(trx, userId)
        await andThen(trx)
        return codes
      }),
    remove: (userId, andThen) =>
      transaction(database, async (trx) => {
        await activeRow(trx, userId)
        await forgetSecondFactor(trx, userId)
        await andThen(trx)
      }),
  }
}

export async function forgetSecondFactor(trx: Knex, userId: string): Promise<void> {
  await trx('users_second_factors').where({ user_id: userId }).delete()
  await trx('users_recovery_codes').where({ user_id: userId }).delete()
}
