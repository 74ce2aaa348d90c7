import type { Knex } from 'knex'
import type { Logger } from '../broker/index.ts'
import type { Clock } from '../clock.ts'
import type { EventListener } from './event.ts'
import {
  deleteDeliveries,
  dueDeliveries,
  keepFailure,
  leaseListener,
  nextAttemptAt,
  releaseListener,
  type DeliveryRow,
  type ListenerName,
} from './outbox-table.ts'

export interface PumpParts {
  readonly database: Knex
  readonly clock: Clock
  readonly log: Logger
  readonly node: string
  /** The code that listens now; undefined while there is none. */
  readonly listener: () => EventListener | undefined
  readonly around?: AroundDelivery
}

/** Stands around every telling of an event: gives it an id that its log lines have. */
export type AroundDelivery = (
  delivery: { readonly event: string; readonly listener: string },
  work: () => Promise<void>,
) => Promise<void>

const BATCH_MAX = 200
const KEYS_AT_ONCE = 8
const ATTEMPTS_MAX = 12
const BACKOFF_MS = 1_000
const BACKOFF_MAX_MS = 10 * 60_000
const TIMEOUT_MS = 30_000
const RENEW_MS = 10_000
const DELAY_MAX_MS = 60_000

/** Tells one listener what waits for it, on one node at a time. */
export class Pump {
  readonly #name: ListenerName
  readonly #parts: PumpParts
  readonly #calls = new Set<Promise<void>>()
  #pumping: Promise<void> | undefined
  #isWanted = false
  #isStopped = false
  #timer: NodeJS.Timeout | undefined

  constructor(name: ListenerName, parts: PumpParts) {
    this.#name = name
    this.#parts = parts
  }

  /** Resolves when nothing is being told any more. */
  get idle(): Promise<void> {
    return this.#pumping ?? Promise.resolve()
  }

  /** Resolves when what is being told at this moment has been told. */
  async current(): Promise<void> {
    await Promise.allSettled(this.#calls)
  }

  get inFlight(): number {
    return this.#calls.size
  }

  /** Something may have come. */
  wake(): void {
    this.#isWanted = true
    if (this.#pumping || this.#isStopped) return
    this.#pumping = this.#pump()
      .catch((error: unknown) =>
        this.#parts.log.error('events could not be delivered', { ...this.#name, error }),
      )
      .finally(() => {
        this.#pumping = undefined
        if (this.#isWanted && this.#parts.listener()) this.wake()
      })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#pumping
  }

  async #pump(): Promise<void> {
    const { database, node, listener } = this.#parts
    this.#isWanted = false
    if (!listener() || !(await leaseListener(database, this.#name, node))) return
    const renewing = setInterval(() => {
      leaseListener(database, this.#name, node).catch(() => undefined)
    }, RENEW_MS)
    try {
      while (await this.#tellBatch());
      await this.#wakeLater()
    } finally {
      clearInterval(renewing)
      await releaseListener(database, this.#name, node)
    }
  }

  /** False when nothing can be told now. */
  async #tellBatch(): Promise<boolean> {
    const { database, clock, listener } = this.#parts
    if (this.#isStopped || !listener()) return false
    const due = await dueDeliveries(database, this.#name, clock.now(), BATCH_MAX)
    if (due.length === 0) return false
    const keys = [...Map.groupBy(due, (row) => row.event_key).values()]
    const told: string[] = []
    await Promise.all(
      Array.from({ length: Math.min(KEYS_AT_ONCE, keys.length) }, async () => {
        for (let rows = keys.shift(); rows; rows = keys.shift()) await this.#tellInOrder(rows, told)
      }),
    )
    await deleteDeliveries(database, told)
    return true
  }

  async #tellInOrder(rows: readonly DeliveryRow[], told: string[]): Promise<void> {
    for (const row of rows) {
      const listener = this.#parts.listener()
      if (!listener || this.#isStopped) return
      try {
        await this.#tell(listener, row)
        told.push(row.id)
      } catch (error) {
        const isOver = await this.#fail(row, error)
        // Younger events of the key wait for this one, unless it is set aside for good.
        if (!isOver) return
      }
    }
  }

  async #tell(listener: EventListener, row: DeliveryRow): Promise<void> {
    const { around = (_delivery, work) => work() } = this.#parts
    const { event, owner } = row
    const call = around({ event, listener: owner }, () => within(listener(eventOf(row) as never), TIMEOUT_MS))
    this.#calls.add(call)
    await call.finally(() => this.#calls.delete(call))
  }

  async #fail(row: DeliveryRow, error: unknown): Promise<boolean> {
    const { database, clock, log } = this.#parts
    const attempts = row.attempts + 1
    const isOver = attempts >= ATTEMPTS_MAX
    log.error(`${row.owner} failed at ${row.event}`, { event: row.event_id, attempts, error })
    const pauseMs = Math.min(BACKOFF_MS * 2 ** (attempts - 1), BACKOFF_MAX_MS)
    await keepFailure(database, row.id, {
      state: isOver ? 'failed' : 'waiting',
      attempts,
      nextAt: new Date(clock.now().getTime() + pauseMs),
      reason: error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error),
    })
    return isOver
  }

  async #wakeLater(): Promise<void> {
    const at = await nextAttemptAt(this.#parts.database, this.#name)
    clearTimeout(this.#timer)
    if (!at || this.#isStopped) return
    const delayMs = Math.max(50, at.getTime() - this.#parts.clock.now().getTime())
    this.#timer = setTimeout(() => this.wake(), Math.min(delayMs, DELAY_MAX_MS))
    this.#timer.unref()
  }
}

function eventOf(row: DeliveryRow) {
  return {
    id: row.event_id,
    name: row.event,
    key: row.event_key,
    data: JSON.parse(row.data) as unknown,
    at: row.emitted_at.toISOString(),
  }
}

async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`It took longer than ${timeoutMs} ms.`)), timeoutMs)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
