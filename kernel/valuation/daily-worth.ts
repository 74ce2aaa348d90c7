import type { Knex } from 'knex'
import { activityRecorded } from '../activity/index.ts'
import type { Clock } from '../clock.ts'
import type { DeliveredEvent } from '../events/index.ts'
import type { Modules } from '../extension-modules.ts'
import type { Identity } from '../identity/index.ts'
import type { Valuation } from './valuation.ts'
import { dayOf, forgetWorthDays } from './worth-days.ts'

const JOB = 'valuation.dailyWorth'
const USERS_A_PAGE = 100
/** Longer than any page shows, so that a year can be looked back on. */
const KEPT_MS = 400 * 24 * 60 * 60_000

export interface DailyWorthParts {
  readonly database: Knex
  readonly modules: Pick<Modules, 'jobs' | 'events' | 'personalData'>
  readonly identity: Pick<Identity, 'pageOfUsers'>
  readonly valuation: Valuation
  readonly clock: Clock
}

/** Keeps what users own from day to day, and tells their pages when it moves: all products write into the same feed. */
export function keepDailyWorth({ database, modules, identity, valuation, clock }: DailyWorthParts): void {
  const { jobs, events, personalData } = modules
  personalData.setKeeper('valuation', valuation)
  events.publish('valuation', {
    [activityRecorded.name]: async ({ key }: DeliveredEvent<unknown>) => valuation.moved(key),
  })

  async function keepAll(signal: AbortSignal): Promise<number> {
    let kept = 0
    let cursor: string | undefined
    do {
      const page = { limit: USERS_A_PAGE, isHouse: false, ...(cursor === undefined ? {} : { cursor }) }
      const { items, nextCursor } = await identity.pageOfUsers(page)
      for (const { id } of items) {
        signal.throwIfAborted()
        if (await valuation.keepToday(id)) kept += 1
      }
      cursor = nextCursor
    } while (cursor !== undefined)
    return kept
  }

  jobs.publish({
    owner: 'valuation',
    // The last run of a day is what the day ended with; the ones before it stand in when that one is missed.
    jobs: [{ name: JOB, title: 'Keep what users own from day to day', cron: '55 * * * *' }],
    handlers: {
      [JOB]: async ({ signal }) => ({
        users: await keepAll(signal),
        forgotten: await forgetWorthDays(database, dayOf(new Date(clock.now().getTime() - KEPT_MS))),
      }),
    },
  })
}
