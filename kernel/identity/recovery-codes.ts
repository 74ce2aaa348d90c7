import { createHash, randomInt } from 'node:crypto'
import type { Knex } from 'knex'

export const RECOVERY_CODES = 10
const LENGTH = 16
/** Without letters and digits that are taken for one another. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'

interface RecoveryCodeRow {
  user_id: string
  code_hash: string
  made_at: Date
  used_at: Date | null
}

/** However it was written down: case, spaces and dashes do not matter. */
function normalize(code: string): string {
  return code.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** Nearly 80 random bits need no slow hash; the user's id keeps equal codes from having equal hashes. */
function hashOf(userId: string, code: string): string {
  return createHash('sha256')
    .update(`${userId}:${normalize(code)}`)
    .digest('base64url')
}

function newCode(): string {
  const letters = Array.from({ length: LENGTH }, () => alphabet[randomInt(alphabet.length)])
  return letters.join('').replace(/(.{4})(?=.)/g, '$1-')
}

/** New codes in place of all there were; nobody can read them again. */
export async function renewRecoveryCodes(trx: Knex, userId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newCode)
  await trx<RecoveryCodeRow>('users_recovery_codes').where({ user_id: userId }).delete()
  await trx<RecoveryCodeRow>('users_recovery_codes').insert(
    codes.map((code) => ({
      user_id: userId,
      code_hash: hashOf(userId, code),
      made_at: new Date(),
      used_at: null,
    })),
  )
  return codes
}

/** Whether it was one that had not been used; now it is. */
export async function spendRecoveryCode(trx: Knex, userId: string, code: string): Promise<boolean> {
  if (normalize(code).length !== LENGTH) return false
  const spent = await trx<RecoveryCodeRow>('users_recovery_codes')
    .where({ user_id: userId, code_hash: hashOf(userId, code) })
    .whereNull('used_at')
    .update({ used_at: new Date() })
  return spent === 1
}

export async function recoveryCodesLeft(database: Knex, userId: string): Promise<number> {
  const rows = await database<RecoveryCodeRow>('users_recovery_codes')
    .where({ user_id: userId })
    .whereNull('used_at')
    .select('code_hash')
  return rows.length
}
