import type { Knex } from 'knex'
import type { EngineEvent } from '@cambium/engine'
import { transaction } from '../database/index.ts'
import type { Ledger } from '../ledger/index.ts'
import { feeAccountId, spotAccountId, transitAccountId, type EngineAccounts } from './accounts.ts'
import { lockCheckpoint, moveCheckpoint, readCheckpoint } from './checkpoints.ts'
import type { MarketSpec } from './exchange.ts'
import { runFollower, type LoopParts } from './follower-loop.ts'
import type { MarketRegistry } from './markets.ts'
import { accountsIn, settlementEntry, type SettlementBook } from './settlement-entries.ts'
import type { Shard } from './shards.ts'

/** What the checkpoint of a shard's settlement is called. */
export function settlementName(shard: Shard): string {
  return shard.own('exchange.settlement')
}

const FEE_ACCOUNT = 0

export interface SettlementParts extends LoopParts {
  readonly database: Knex
  readonly ledger: Ledger
  readonly accounts: EngineAccounts
  readonly markets: MarketRegistry
}

/** Posts what one engine did to the ledger, in the engine's order, each event exactly once. */
export class Settlement {
  readonly #parts: SettlementParts
  readonly #name: string
  #seqMax = Infinity
  #released: Promise<void> = Promise.resolve()
  #release: () => void = () => undefined

  constructor(parts: SettlementParts) {
    this.#parts = parts
    this.#name = settlementName(parts.shard)
  }

  run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.letGo(), { once: true })
    const follower = {
      name: this.#name,
      checkpoint: () => readCheckpoint(this.#parts.database, this.#name),
      apply: (events: readonly EngineEvent[]) => this.#apply(events),
      limit: () => this.#limit(),
    }
    return runFollower(this.#parts, follower, signal)
  }

  /** Applies nothing beyond `seq` until `letGo`. */
  holdAt(seq: number): void {
    this.#seqMax = seq
    this.#release()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#released = promise
    this.#release = resolve
  }

  letGo(): void {
    this.#seqMax = Infinity
    this.#release()
  }

  async #limit(): Promise<number> {
    const applied = this.#parts.progress.seqOf(this.#name) ?? 0
    while (this.#seqMax <= applied) await this.#released
    return this.#seqMax
  }

  async #apply(events: readonly EngineEvent[]): Promise<void> {
    const book = await this.#book(events)
    const { database, ledger } = this.#parts
    await transaction(database, async (trx) => {
      const applied = await lockCheckpoint(trx, this.#name)
      const fresh = events.filter((event) => event.seq > applied)
      const last = fresh.at(-1)
      if (!last) return
      await ledger.post(
        trx,
        fresh.flatMap((event) => settlementEntry(event, book) ?? []),
      )
      await moveCheckpoint(trx, this.#name, last.seq)
    })
  }

  async #book(events: readonly EngineEvent[]): Promise<SettlementBook> {
    const { accounts, ledger, markets, shard } = this.#parts
    const feeAccount = feeAccountId(shard.name)
    const names = new Map([[FEE_ACCOUNT, feeAccount]])
    for (const account of accountsIn(events)) {
      if (!names.has(account)) names.set(account, spotAccountId(await accounts.userOf(account), shard.name))
    }
    const traded = new Map<string, MarketSpec>()
    for (const event of events) {
      if (event.event === 'trade' && !traded.has(event.market)) {
        traded.set(event.market, await markets.require(event.market))
      }
    }
    return {
      assets: await ledger.assets(),
      markets: traded,
      ledgerAccount: (account) => names.get(account) as string,
      feeAccount,
      transitAccount: transitAccountId(shard.name),
    }
  }
}
