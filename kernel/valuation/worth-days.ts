import type { Knex } from 'knex'
import { selectRows } from '../database/index.ts'

export interface WorthDay {
  /** `2026-11-23` */
  readonly day: string
  readonly worth: string
}

interface DayRow {
  user_id: string
  day: string | Date
  quote_asset_id: string
  worth: string
  at: Date
}

const table = (database: Knex) => database<DayRow>('valuation_days')

/** Dates are days in UTC, whatever the time zone of the database's client. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}

export async function keepWorth(
  database: Knex,
  kept: {
    readonly userId: string
    readonly quoteAssetId: string
    readonly worth: string
    readonly at: Date
  },
): Promise<void> {
  const { userId, quoteAssetId, worth, at } = kept
  await table(database)
    .insert({ user_id: userId, day: dayOf(at), quote_asset_id: quoteAssetId, worth, at })
    .onConflict(['user_id', 'day'])
    .merge(['quote_asset_id', 'worth', 'at'])
}

/** Oldest first, today's left out: it is not over. */
export async function readWorthDays(
  database: Knex,
  userId: string,
  { quoteAssetId, since, before }: { quoteAssetId: string; since: string; before: string },
): Promise<WorthDay[]> {
  return selectRows<WorthDay>(
    database,
    `SELECT DATE_FORMAT(day, '%Y-%m-%d') day, worth FROM valuation_days
     WHERE user_id = ? AND quote_asset_id = ? AND day >= ? AND day < ? ORDER BY valuation_days.day`,
    [userId, quoteAssetId, since, before],
  )
}

export async function exportWorthDays(database: Knex, userId: string): Promise<readonly unknown[]> {
  return selectRows<WorthDay & { assetId: string }>(
    database,
    `SELECT DATE_FORMAT(day, '%Y-%m-%d') day, worth, quote_asset_id assetId FROM valuation_days
     WHERE user_id = ? ORDER BY valuation_days.day`,
    [userId],
  )
}

export async function eraseWorthDays(database: Knex, userId: string): Promise<void> {
  await table(database).where({ user_id: userId }).delete()
}

export async function forgetWorthDays(database: Knex, before: string): Promise<number> {
  return table(database).where('day', '<', before).delete()
}
