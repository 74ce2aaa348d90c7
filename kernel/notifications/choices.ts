import type { Knex } from 'knex'
import type { OfferedKind } from './kinds.ts'

export type Place = 'inApp' | 'email'

export interface Choice {
  readonly inApp: boolean
  readonly email: boolean
}

interface ChoiceRow {
  user_id: string
  kind: string
  channel: Place
  is_on: number
}

/** In the bell unless it was turned off, by letter only if it was turned on. */
const usual: Choice = { inApp: true, email: false }
const always: Choice = { inApp: true, email: true }
const places: readonly Place[] = ['inApp', 'email']

const table = (database: Knex) => database<ChoiceRow>('notifications_choices')

export async function choicesOf(
  database: Knex,
  userId: string,
): Promise<(kind: OfferedKind | undefined) => Choice> {
  const rows = await table(database).where({ user_id: userId })
  return (kind) => {
    if (!kind) return usual
    if (kind.isFixed) return always
    const own = rows.filter((row) => row.kind === kind.kind)
    return { ...usual, ...Object.fromEntries(own.map((row) => [row.channel, row.is_on === 1])) }
  }
}

export async function saveChoice(
  database: Knex,
  userId: string,
  kind: string,
  choice: Choice,
): Promise<void> {
  const rows = places.map((channel) => ({ user_id: userId, kind, channel, is_on: choice[channel] ? 1 : 0 }))
  await table(database).insert(rows).onConflict(['user_id', 'kind', 'channel']).merge(['is_on'])
}
