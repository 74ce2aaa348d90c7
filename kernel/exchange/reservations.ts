import type { Knex } from 'knex'
import { execute, selectRows, transaction } from '../database/index.ts'
import { exchangeRefusals } from './refusals.ts'

type Listener = (marketId: string, isReserved: boolean) => void

export interface Reservation {
  readonly marketId: string
  /** A secret of whoever reserved it: renewing and releasing need it. */
  readonly holder: string
  readonly expiresAt: Date
}

interface ReservationRow {
  marketId: string
  holder: string
  expiresAt: Date
}

const columns = 'SELECT market_id marketId, holder, expires_at expiresAt FROM exchange_reservations'

/** Leases on markets: while one lasts, house makers keep away. One that is not renewed ends by itself. */
export class Reservations {
  readonly #database: Knex
  readonly #listeners = new Set<Listener>()
  #reserved: ReadonlySet<string> = new Set()

  constructor(database: Knex) {
    this.#database = database
  }

  has(marketId: string): boolean {
    return this.#reserved.has(marketId)
  }

  listen(listener: Listener, signal: AbortSignal): void {
    if (signal.aborted) return
    this.#listeners.add(listener)
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true })
  }

  /** Takes the market, or renews the holder's own lease. Throws `exchange.market_already_reserved`. */
  async take(marketId: string, holder: string, leaseMs: number): Promise<Reservation> {
    const expiresAt = new Date(Date.now() + leaseMs)
    await transaction(this.#database, async (trx) => {
      const [current] = await selectRows<ReservationRow>(trx, `${columns} WHERE market_id = ? FOR UPDATE`, [
        marketId,
      ])
      if (current && current.holder !== holder && current.expiresAt > new Date()) {
        throw exchangeRefusals.market_already_reserved({
          marketId,
          expiresAt: current.expiresAt.toISOString(),
        })
      }
      const save = 'REPLACE INTO exchange_reservations (market_id, holder, expires_at) VALUES (?, ?, ?)'
      await execute(trx, save, [marketId, holder, expiresAt])
    })
    await this.refresh()
    return { marketId, holder, expiresAt }
  }

  /** Throws `exchange.reservation_not_found` when it has ended or is somebody else's. */
  async release(marketId: string, holder: string): Promise<void> {
    const statement = 'DELETE FROM exchange_reservations WHERE market_id = ? AND holder = ?'
    const released = await execute(this.#database, statement, [marketId, holder])
    await this.refresh()
    if (released === 0) throw exchangeRefusals.reservation_not_found({ marketId })
  }

  /** Reads what every node reserved and tells listeners of what began and ended. */
  async refresh(): Promise<void> {
    const rows = await selectRows<ReservationRow>(this.#database, `${columns} WHERE expires_at > ?`, [
      new Date(),
    ])
    const before = this.#reserved
    const now = new Set(rows.map((row) => row.marketId))
    this.#reserved = now
    const changed = [...before.symmetricDifference(now)]
    for (const marketId of changed) {
      for (const listener of this.#listeners) listener(marketId, now.has(marketId))
    }
  }
}
