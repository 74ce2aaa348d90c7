import type { Knex } from 'knex'
import { implement, type Implementation } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration, ResultOf } from '../contract/index.ts'
import { addDecimals, fixDecimals, formatAmount, multiplyDecimals, type Amount } from '../money/index.ts'
import { activeByDay, feesByDay, registrationsByDay, type FeeRow } from './days-table.ts'
import { showRevenue, showUserGrowth, type UserDay } from './routes.ts'

interface Prices {
  readonly quoteAssetId: string
  readonly items: readonly {
    readonly assetId: string
    readonly scale: number
    readonly price: string | null
  }[]
}

export interface GrowthOptions {
  readonly database: Knex
  /** What one of each asset is worth. */
  readonly prices: () => Promise<Prices>
  readonly clock?: Clock
}

export interface Growth {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
}

type Revenue = ResultOf<typeof showRevenue>

const DAYS = 30
const DAY_MS = 24 * 60 * 60_000
const KEPT_MS = 30_000
const QUOTE_DECIMALS = 8

/** Days up to today, the earliest first. */
function datesUntil(now: Date, count: number): string[] {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())
  return Array.from({ length: count }, (_, index) =>
    new Date(today - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  )
}

function startOf(date: string | undefined): Date {
  return new Date(`${date}T00:00:00.000Z`)
}

/** `fees:spot@eu` is what Spot took, on whatever engine. */
function productOf(account: string): string {
  return account.slice('fees:'.length).replace(/@.*$/, '')
}

function sum(values: readonly string[]): string {
  return values.reduce(addDecimals, '0')
}

/** Keeps answers for a while, by what was asked. */
function kept<T>(work: (days: number) => Promise<T>): (days: number) => Promise<T> {
  const answers = new Map<number, { readonly atMs: number; readonly answer: Promise<T> }>()
  return (days) => {
    const known = answers.get(days)
    if (known && performance.now() - known.atMs < KEPT_MS) return known.answer
    const answer = work(days)
    answers.set(days, { atMs: performance.now(), answer })
    answer.catch(() => answers.delete(days))
    return answer
  }
}

/** How the platform does, by day. */
export function createGrowth({ database, prices, clock = systemClock }: GrowthOptions): Growth {
  async function users(days: number): Promise<ResultOf<typeof showUserGrowth>> {
    const dates = datesUntil(clock.now(), days * 2)
    const from = startOf(dates[0])
    const [registrations, active] = await Promise.all([
      registrationsByDay(database, from),
      activeByDay(database, from),
    ])
    const all = dates.map((date): UserDay => {
      return { date, registrations: registrations.get(date) ?? 0, active: active.get(date) ?? 0 }
    })
    return { items: all.slice(days), before: all.slice(0, days) }
  }

  async function revenue(days: number): Promise<Revenue> {
    const dates = datesUntil(clock.now(), days * 2)
    const [rows, { quoteAssetId, items }] = await Promise.all([
      feesByDay(database, startOf(dates[0])),
      prices(),
    ])
    const known = new Map(items.map((item) => [item.assetId, item]))
    const unpriced = new Set<string>()
    const worthOf = ({ asset_id: assetId, amount }: FeeRow): string => {
      const asset = known.get(assetId)
      if (!asset || asset.price === null) {
        unpriced.add(assetId)
        return '0'
      }
      const text = formatAmount(BigInt(amount) as Amount, asset.scale)
      return fixDecimals(multiplyDecimals(text, asset.price), QUOTE_DECIMALS)
    }
    const byProduct = new Map<string, Map<string, string>>()
    for (const row of rows) {
      const product = productOf(row.account)
      const worths = byProduct.get(product) ?? new Map<string, string>()
      worths.set(row.day, addDecimals(worths.get(row.day) ?? '0', worthOf(row)))
      byProduct.set(product, worths)
    }
    const products = [...byProduct].map(([productId, worths]) => {
      const all = dates.map((date) => worths.get(date) ?? '0')
      const [before, values] = [all.slice(0, days), all.slice(days)]
      return { productId, values, before, total: sum(values), totalBefore: sum(before) }
    })
    return { quoteAssetId, dates: dates.slice(days), products, unpriced: [...unpriced] }
  }

  const [keptUsers, keptRevenue] = [kept(users), kept(revenue)]
  return {
    implementations: [
      implement(showUserGrowth, ({ params: { days = DAYS } }) => keptUsers(days)),
      implement(showRevenue, ({ params: { days = DAYS } }) => keptRevenue(days)),
    ] satisfies Implementation<never>[],
    permissions: [{ id: 'growth.figures.read', title: 'See registrations and revenue', roles: ['admin'] }],
  }
}
