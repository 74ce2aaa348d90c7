import type { Knex } from 'knex'
import { ulid } from '../broker/index.ts'
import { execute, insertRows, selectRows } from '../database/index.ts'

/** An event on its way to one listener. */
export interface DeliveryRow {
  id: string
  event_id: string
  event: string
  owner: string
  event_key: string
  data: string
  emitted_at: Date
  state: 'waiting' | 'failed'
  attempts: number
  next_at: Date
  reason: string | null
}

export interface ListenerName {
  readonly event: string
  readonly owner: string
}

export interface Emitted {
  readonly key: string
  readonly data: unknown
}

const LEASE_SECONDS = 30
const REASON_LENGTH_MAX = 4_000

/** Writes a row for each event and listener, in the caller's transaction; answers whether anybody listens. */
export async function writeEvents(
  trx: Knex,
  event: string,
  items: readonly Emitted[],
  now: Date,
): Promise<boolean> {
  const listeners = await selectRows<{ owner: string }>(
    trx,
    'SELECT owner FROM events_listeners WHERE event = ?',
    [event],
  )
  if (listeners.length === 0) return false
  const rows = items.flatMap(({ key, data }) => {
    const eventId = ulid()
    const text = JSON.stringify(data)
    return listeners.map(({ owner }) => [eventId, event, owner, key, text, now, now])
  })
  await insertRows(
    trx,
    'INSERT INTO events_deliveries (event_id, event, owner, event_key, data, emitted_at, next_at) VALUES ?',
    rows,
  )
  return true
}

/** From now on events are kept for this listener, also while it is not there. */
export async function saveListeners(database: Knex, owner: string, events: readonly string[]): Promise<void> {
  for (const event of events) {
    await execute(database, 'INSERT IGNORE INTO events_listeners (event, owner) VALUES (?, ?)', [
      event,
      owner,
    ])
  }
  const stale = database('events_listeners').where({ owner }).whereNotIn('event', events)
  await stale.delete()
  await database('events_deliveries').where({ owner }).whereNotIn('event', events).delete()
}

export async function leaseListener(
  database: Knex,
  { event, owner }: ListenerName,
  node: string,
): Promise<boolean> {
  const leased = await execute(
    database,
    `UPDATE events_listeners SET lease_node = ?, lease_until = UTC_TIMESTAMP(3) + INTERVAL ${LEASE_SECONDS} SECOND
     WHERE event = ? AND owner = ? AND (lease_node = ? OR lease_until IS NULL OR lease_until < UTC_TIMESTAMP(3))`,
    [node, event, owner, node],
  )
  return leased === 1
}

export async function releaseListener(
  database: Knex,
  { event, owner }: ListenerName,
  node: string,
): Promise<void> {
  await execute(
    database,
    'UPDATE events_listeners SET lease_node = NULL, lease_until = NULL WHERE event = ? AND owner = ? AND lease_node = ?',
    [event, owner, node],
  )
}

const columns = 'id, event_id, event, owner, event_key, data, emitted_at, state, attempts, next_at, reason'

/** What can be told now, oldest first. A key whose oldest event waits for another try holds back its younger ones. */
export async function dueDeliveries(
  database: Knex,
  { event, owner }: ListenerName,
  now: Date,
  limit: number,
): Promise<DeliveryRow[]> {
  const retrying = await selectRows<{ event_key: string }>(
    database,
    `SELECT DISTINCT event_key FROM events_deliveries
     WHERE event = ? AND owner = ? AND state = 'waiting' AND next_at > ? LIMIT 1000`,
    [event, owner, now],
  )
  const held = retrying.map((row) => row.event_key)
  return selectRows<DeliveryRow>(
    database,
    `SELECT ${columns} FROM events_deliveries WHERE event = ? AND owner = ? AND state = 'waiting' AND next_at <= ?
     ${held.length > 0 ? 'AND event_key NOT IN (?)' : ''} ORDER BY id LIMIT ${limit}`,
    [event, owner, now, ...(held.length > 0 ? [held] : [])],
  )
}

export async function nextAttemptAt(database: Knex, { event, owner }: ListenerName): Promise<Date | null> {
  const [row] = await selectRows<{ next_at: Date | null }>(
    database,
    `SELECT MIN(next_at) AS next_at FROM events_deliveries WHERE event = ? AND owner = ? AND state = 'waiting'`,
    [event, owner],
  )
  return row?.next_at ?? null
}

export async function deleteDeliveries(database: Knex, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await execute(database, 'DELETE FROM events_deliveries WHERE id IN (?)', [ids])
}

export async function keepFailure(
  database: Knex,
  id: string,
  failure: { state: DeliveryRow['state']; attempts: number; nextAt: Date; reason: string },
): Promise<void> {
  const { state, attempts, nextAt, reason } = failure
  await execute(
    database,
    'UPDATE events_deliveries SET state = ?, attempts = ?, next_at = ?, reason = ? WHERE id = ?',
    [state, attempts, nextAt, reason.slice(0, REASON_LENGTH_MAX), id],
  )
}

/** Forgets what nobody came for: too old, or more than `countMax` for one listener. */
export async function deleteUndelivered(database: Knex, before: Date, countMax: number): Promise<number> {
  const old = await execute(database, 'DELETE FROM events_deliveries WHERE emitted_at < ?', [before])
  const crowded = await selectRows<ListenerName & { waiting: number }>(
    database,
    `SELECT event, owner, COUNT(*) AS waiting FROM events_deliveries GROUP BY event, owner HAVING COUNT(*) > ?`,
    [countMax],
  )
  let surplus = 0
  for (const { event, owner, waiting } of crowded) {
    surplus += await execute(
      database,
      'DELETE FROM events_deliveries WHERE event = ? AND owner = ? ORDER BY id LIMIT ?',
      [event, owner, Number(waiting) - countMax],
    )
  }
  return old + surplus
}
