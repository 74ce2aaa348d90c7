import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '../broker/index.ts'
import type { AnsweredSeqs } from './answered.ts'
import type { BookSnapshot, MarketDataUpdate } from './exchange.ts'
import { MarketHub } from './market-hub.ts'
import type { MarketRegistry } from './markets.ts'
import type { Progress } from './progress.ts'
import type { Shard, Shards } from './shards.ts'

const LOOK_AGAIN_MS = 1_000

export interface HubsParts {
  readonly shards: Shards
  readonly markets: MarketRegistry
  readonly answered: AnsweredSeqs
  readonly progress: Progress
  readonly log: Logger
}

/** The hubs of all shards: each market's book and its changes, from whichever engine has it. */
export class MarketHubs {
  readonly #parts: HubsParts
  readonly #hubs: ReadonlyMap<string, MarketHub>

  constructor(parts: HubsParts) {
    this.#parts = parts
    const { shards, progress, log } = parts
    this.#hubs = new Map(shards.all.map((shard) => [shard.name, new MarketHub({ shard, progress, log })]))
  }

  of({ name }: Shard): MarketHub {
    return this.#hubs.get(name) as MarketHub
  }

  /** Throws `exchange.market_not_found`. */
  async depth(marketId: string, limit: number): Promise<BookSnapshot> {
    const shard = await this.#parts.markets.home(marketId)
    return this.of(shard).depth(marketId, limit, this.#parts.answered.latest(shard.number))
  }

  /** Calls `listener` until `signal` aborts, starting once the market is there and its book has been read. */
  listen(marketId: string, listener: (update: MarketDataUpdate) => void, signal: AbortSignal): void {
    void this.#listenOnceThere(marketId, listener, signal)
  }

  async #listenOnceThere(
    marketId: string,
    listener: (update: MarketDataUpdate) => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      const shard = await this.#parts.markets.home(marketId).catch(() => undefined)
      if (shard) return this.of(shard).listen(marketId, listener, signal)
      await pause(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined)
    }
  }
}
