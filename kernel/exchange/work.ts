import { setTimeout as pause } from 'node:timers/promises'
import type { Knex } from 'knex'
import type { Logger } from '../broker/index.ts'
import { transaction } from '../database/index.ts'
import type { LedgerModule } from '../ledger/index.ts'
import { feeAccountId, transitAccountId } from './accounts.ts'
import type { LoopParts } from './follower-loop.ts'
import { runMarketData } from './market-data.ts'
import type { MarketHub } from './market-hub.ts'
import type { Reservations } from './reservations.ts'
import type { Settlement } from './settlement.ts'
import type { TransferDesk } from './transfers.ts'

const HOUSEKEEPING_MS = 1_000
/** A transfer open for longer than this has lost whoever was finishing it. */
const ABANDONED_MS = 15_000
const RECOVERED_AT_ONCE = 100

export interface WorkParts extends LoopParts {
  readonly database: Knex
  readonly ledger: LedgerModule
  readonly settlement: Settlement
  readonly transfers: TransferDesk
  readonly reservations: Reservations
  readonly hub: MarketHub
  readonly log: Logger
}

export interface Work {
  start(): Promise<void>
  stop(): Promise<void>
}

async function recover({ transfers, log }: WorkParts, olderMs: number): Promise<void> {
  for (const transfer of await transfers.abandoned(olderMs, RECOVERED_AT_ONCE)) {
    try {
      const { state } = await transfers.finish(transfer)
      log.info('An open transfer was taken up again', { transferId: transfer.id, state })
    } catch (error) {
      // A refusal is an outcome too; anything else is tried again in the next round.
      log.warn('An open transfer was not finished', { transferId: transfer.id, error })
    }
  }
}

async function housekeep(parts: WorkParts, signal: AbortSignal): Promise<void> {
  const { ledger, reservations, log } = parts
  await recover(parts, 0)
  while (!signal.aborted) {
    try {
      await reservations.refresh()
      await ledger.expireHolds(new Date())
      await recover(parts, ABANDONED_MS)
    } catch (error) {
      log.error('Housekeeping failed and runs again', { error })
    }
    await pause(HOUSEKEEPING_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** The exchange's loops: settlement, market data, live books, and what must be looked after now and then. */
export function createWork(parts: WorkParts): Work {
  const { database, ledger, settlement, hub, reservations } = parts
  const controller = new AbortController()
  let running: Promise<unknown> = Promise.resolve()
  return {
    start: async () => {
      await transaction(database, async (trx) => {
        await ledger.openAccount(trx, feeAccountId, 'house')
        await ledger.openAccount(trx, transitAccountId, 'house')
      })
      await reservations.refresh()
      const { signal } = controller
      running = Promise.all([
        settlement.run(signal),
        runMarketData(parts, signal),
        hub.run(signal),
        housekeep(parts, signal),
      ])
    },
    stop: async () => {
      controller.abort()
      await running
    },
  }
}
