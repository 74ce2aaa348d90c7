import type { Knex } from 'knex'
import { implement, type Implementation } from '../broker/index.ts'
import type { Clock } from '../clock.ts'
import { execute, selectRows } from '../database/index.ts'
import type { DeliveryRow } from './outbox-table.ts'
import { eventsRefusals } from './refusals.ts'
import { listDeliveries, listListeners, retryDelivery, type Delivery } from './routes.ts'

export interface EventDesk {
  readonly database: Knex
  readonly clock: Clock
  isServed(owner: string, event: string): boolean
  announce(event: string): void
}

const PAGE_ROWS = 50

function deliveryOf(row: DeliveryRow): Delivery {
  return {
    id: String(row.id),
    eventId: row.event_id,
    event: row.event,
    listener: row.owner,
    key: row.event_key,
    data: JSON.parse(row.data) as unknown,
    emittedAt: row.emitted_at.toISOString(),
    state: row.state,
    attempts: row.attempts,
    nextAt: row.next_at.toISOString(),
    reason: row.reason,
  }
}

/** What the operator sees of events on their way, and does about those that failed. */
export function eventImplementations({
  database,
  clock,
  isServed,
  announce,
}: EventDesk): Implementation<never>[] {
  return [
    implement(listDeliveries, async ({ params: { state, event, listener, limit = PAGE_ROWS, cursor } }) => {
      const query = database<DeliveryRow>('events_deliveries')
        .where({
          ...(state ? { state } : {}),
          ...(event ? { event } : {}),
          ...(listener ? { owner: listener } : {}),
        })
        .orderBy('id')
        .limit(limit + 1)
      if (cursor !== undefined) void query.where('id', '>', cursor)
      const rows = await query
      const items = rows.slice(0, limit).map(deliveryOf)
      const last = items.at(-1)
      return rows.length > limit && last ? { items, nextCursor: last.id } : { items }
    }),
    implement(retryDelivery, async ({ params: { deliveryId } }) => {
      await execute(
        database,
        `UPDATE events_deliveries SET state = 'waiting', attempts = 0, next_at = ? WHERE id = ?`,
        [clock.now(), deliveryId],
      )
      const row = await database<DeliveryRow>('events_deliveries').where({ id: deliveryId }).first()
      if (!row) throw eventsRefusals.delivery_not_found({ deliveryId })
      announce(row.event)
      return deliveryOf(row)
    }),
    implement(listListeners, async () => {
      const rows = await selectRows<{
        event: string
        owner: string
        waiting: string | null
        failed: string | null
      }>(
        database,
        `SELECT l.event, l.owner, SUM(d.state = 'waiting') AS waiting, SUM(d.state = 'failed') AS failed
         FROM events_listeners l LEFT JOIN events_deliveries d ON d.event = l.event AND d.owner = l.owner
         GROUP BY l.event, l.owner ORDER BY l.event, l.owner`,
      )
      const count = (sum: string | null): number => Number.parseInt(sum ?? '0', 10)
      return {
        items: rows.map(({ event, owner, waiting, failed }) => ({
          event,
          listener: owner,
          isServed: isServed(owner, event),
          waiting: count(waiting),
          failed: count(failed),
        })),
      }
    }),
  ] satisfies Implementation<never>[]
}
