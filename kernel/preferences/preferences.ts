import type { Knex } from 'knex'
import { implement, type Implementation } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import type { Channels } from '../channels.ts'
import { preferencesRefusals } from './refusals.ts'
import { listPreferences, setPreference } from './routes.ts'

export interface PreferencesOptions {
  readonly database: Knex
  readonly realtime: Channels
  readonly clock?: Clock
}

export interface Preferences {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  exportUser(userId: string): Promise<Readonly<Record<string, readonly unknown[]>>>
  eraseUser(userId: string): Promise<void>
  /** Removes what was kept of an owner's pages. */
  forget(owner: string): Promise<void>
}

interface PreferenceRow {
  user_id: string
  preference_id: string
  value: string
  changed_at: Date
}

const CHANNEL = 'preferences.values'
const PREFERENCES_MAX = 100
const LENGTH_MAX = 4_000

/** What users chose about how pages look to them. The kernel knows no preference; who reads one wrote it. */
export function createPreferences({
  database,
  realtime,
  clock = systemClock,
}: PreferencesOptions): Preferences {
  const table = () => database<PreferenceRow>('preferences_values')
  const rowsOf = (userId: string) => table().where({ user_id: userId }).orderBy('preference_id')

  async function list(userId: string): Promise<Record<string, unknown>> {
    const rows = await rowsOf(userId)
    return Object.fromEntries(rows.map((row) => [row.preference_id, JSON.parse(row.value) as unknown]))
  }

  async function set(userId: string, preferenceId: string, value: unknown): Promise<Record<string, unknown>> {
    const place = { user_id: userId, preference_id: preferenceId }
    if (value === null || value === undefined) await table().where(place).delete()
    else {
      const text = JSON.stringify(value)
      if (text.length > LENGTH_MAX) throw preferencesRefusals.exceeds_size({ lengthMax: LENGTH_MAX })
      const others = await table()
        .where({ user_id: userId })
        .whereNot('preference_id', preferenceId)
        .count({ count: '*' })
        .first()
      if (Number(others?.count ?? 0) >= PREFERENCES_MAX) throw preferencesRefusals.exceeds_maximum()
      const row = { ...place, value: text, changed_at: clock.now() }
      await table().insert(row).onConflict(['user_id', 'preference_id']).merge(['value', 'changed_at'])
    }
    const items = await list(userId)
    realtime.publish(CHANNEL, userId, { items })
    return items
  }

  // A page reads what it is drawn by; the channel only tells what changed since.
  realtime.provide('preferences', { name: CHANNEL, access: 'user' }, () => Promise.resolve(null))

  return {
    implementations: [
      implement(listPreferences, async ({ userId }) => ({ items: await list(userId) })),
      implement(setPreference, async ({ params: { preferenceId, value }, userId }) => ({
        items: await set(userId, preferenceId, value),
      })),
    ] satisfies Implementation<never>[],
    permissions: [],
    exportUser: async (userId) => ({
      preferences: (await rowsOf(userId)).map(({ preference_id: preference, value, changed_at: at }) => ({
        preference,
        value: JSON.parse(value) as unknown,
        changedAt: at.toISOString(),
      })),
    }),
    async eraseUser(userId) {
      await table().where({ user_id: userId }).delete()
    },
    async forget(owner) {
      await table().where('preference_id', 'like', `${owner}.%`).delete()
    },
  }
}
