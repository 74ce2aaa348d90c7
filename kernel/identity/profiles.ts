import type { Knex } from 'knex'
import { identityRefusals } from './refusals.ts'
import type { Profile } from './routes.ts'

interface ProfileRow {
  user_id: string
  display_name: string | null
  language: string | null
  time_zone: string | null
  changed_at: Date
}

type ProfileValues = Pick<Profile, 'displayName' | 'language' | 'timeZone'>

/** What users say of themselves, and whether their address is theirs. */
export interface Profiles {
  show(userId: string): Promise<ProfileValues>
  /** What is left out stays as it is. */
  change(userId: string, values: Partial<ProfileValues>): Promise<ProfileValues>
  isConfirmed(userId: string): Promise<boolean>
  confirm(trx: Knex.Transaction, userId: string): Promise<void>
}

export async function forgetProfile(trx: Knex.Transaction, userId: string): Promise<void> {
  await trx('users_profiles').where({ user_id: userId }).delete()
  await trx('users_letter_tokens').where({ user_id: userId }).delete()
}

function checkZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw identityRefusals.time_zone_unknown({ timeZone })
  }
}

export function createProfiles(database: Knex): Profiles {
  const table = () => database<ProfileRow>('users_profiles')

  async function show(userId: string): Promise<ProfileValues> {
    const row = await table().where({ user_id: userId }).first()
    return {
      displayName: row?.display_name ?? null,
      language: row?.language ?? null,
      timeZone: row?.time_zone ?? null,
    }
  }

  return {
    show,
    async change(userId, values) {
      if (values.timeZone) checkZone(values.timeZone)
      const { displayName, language, timeZone } = { ...(await show(userId)), ...values }
      const columns = {
        display_name: displayName?.trim() || null,
        language,
        time_zone: timeZone,
        changed_at: new Date(),
      }
      await table()
        .insert({ user_id: userId, ...columns })
        .onConflict('user_id')
        .merge(columns)
      return show(userId)
    },
    async isConfirmed(userId) {
      const row: unknown = await database('users')
        .where({ id: userId })
        .whereNotNull('email_confirmed_at')
        .first('id')
      return row !== undefined
    },
    async confirm(trx, userId) {
      await trx('users')
        .where({ id: userId })
        .whereNull('email_confirmed_at')
        .update({ email_confirmed_at: new Date() })
    },
  }
}
