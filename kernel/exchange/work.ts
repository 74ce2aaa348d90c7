import { setTimeout as pause } from 'node:timers/promises'
import type { Knex } from 'knex'
import type { Logger } from '../broker/index.ts'
import { transaction } from '../database/index.ts'
import type { LedgerModule } from '../ledger/index.ts'
import { feeAccountId, transitAccountId } from './accounts.ts'
import { runMarketData } from './market-data.ts'
import type { MarketHubs } from './market-hubs.ts'
import type { Progress } from './progress.ts'
import type { Reservations } from './reservations.ts'
import type { Settlement } from './settlement.ts'
import type { Shards } from './shards.ts'
import type { Transfer } from './transfer-table.ts'
import type { TransferDesk } from './transfers.ts'

const HOUSEKEEPING_MS = 1_000
/** A transfer open for longer than this has lost whoever was finishing it. */
const ABANDONED_MS = 15_000
const RECOVERED_AT_ONCE = 100

export interface WorkParts {
  readonly shards: Shards
  readonly progress: Progress
  readonly database: Knex
  readonly ledger: LedgerModule
  readonly settlements: ReadonlyMap<string, Settlement>
  readonly transfers: TransferDesk
  readonly reservations: Reservations
  readonly hubs: MarketHubs
  readonly log: Logger
}

export interface Work {
  start(): Promise<void>
  stop(): Promise<void>
}

async function takeUp({ transfers, log }: WorkParts, transfer: Transfer): Promise<void> {
  try {
    const { state } = await transfers.finish(transfer)
    log.info('An open transfer was taken up again', { transferId: transfer.id, state })
  } catch (error) {
    // A refusal is an outcome too; anything else is tried again in the next round.
    log.warn('An open transfer was not finished', { transferId: transfer.id, error })
  }
}

/** Side by side, so that those of an engine that is away keep no others waiting. */
async function recover(parts: WorkParts, signal: AbortSignal): Promise<void> {
  for (let olderMs = 0; !signal.aborted; olderMs = ABANDONED_MS) {
    try {
      const open = await parts.transfers.abandoned(olderMs, RECOVERED_AT_ONCE)
      await Promise.all(open.map((transfer) => takeUp(parts, transfer)))
    } catch (error) {
      parts.log.error('Open transfers could not be looked for', { error })
    }
    await pause(HOUSEKEEPING_MS, undefined, { signal }).catch(() => undefined)
  }
}

async function housekeep({ ledger, reservations, log }: WorkParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await reservations.refresh()
      await ledger.expireHolds(new Date())
    } catch (error) {
      log.error('Housekeeping failed and runs again', { error })
    }
    await pause(HOUSEKEEPING_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** The exchange's loops: settlement, market data, live books, and what must be looked after now and then. */
export function createWork(parts: WorkParts): Work {
  const { database, ledger, shards, settlements, hubs, reservations } = parts
  const controller = new AbortController()
  let running: Promise<unknown> = Promise.resolve()
  return {
    start: async () => {
      await shards.start(database)
      await transaction(database, async (trx) => {
        for (const { name } of shards.all) {
          await ledger.openAccount(trx, feeAccountId(name), 'house')
          await ledger.openAccount(trx, transitAccountId(name), 'house')
        }
      })
      await reservations.refresh()
      const { signal } = controller
      const { progress, log } = parts
      const loops = shards.all.flatMap((shard) => [
        settlements.get(shard.name)?.run(signal),
        runMarketData({ database, shard, progress, log }, signal),
        hubs.of(shard).run(signal),
      ])
      running = Promise.all([...loops, housekeep(parts, signal), recover(parts, signal)])
    },
    stop: async () => {
      controller.abort()
      await running
    },
  }
}
