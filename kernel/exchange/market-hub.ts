import { setTimeout as pause } from 'node:timers/promises'
import type { Depth, EngineEvent } from '@cambium/engine'
import type { Logger } from '../broker/index.ts'
import { BookMirror } from './book-mirror.ts'
import { shortest } from './decimals.ts'
import type { EngineLink } from './engine-link.ts'
import type { BookSnapshot, MarketDataUpdate } from './exchange.ts'
import { runFollower } from './follower-loop.ts'
import type { Progress } from './progress.ts'
import { exchangeRefusals } from './refusals.ts'
import type { Shard } from './shards.ts'

const FLUSH_MS = 50
const FRESH_WITHIN_MS = 1_000
const LOAD_AGAIN_MS = 1_000

/** What a shard's hub is called among the followers of this process. */
function hubName(shard: Shard): string {
  return shard.own('exchange.market_hub')
}

interface WatchedMarket {
  /** Undefined until the snapshot is there; events wait for it. */
  mirror: BookMirror | undefined
  waiting: EngineEvent[]
  /** The last seq told to listeners. */
  toldSeq: number
  readonly listeners: Set<(update: MarketDataUpdate) => void>
}

export interface HubParts {
  readonly shard: Shard
  readonly progress: Progress
  readonly log: Logger
}

function toSnapshot({ seq, bids, asks }: Depth & { seq: number }): BookSnapshot {
  return {
    seq,
    bids: bids.map(({ price, quantity }) => [shortest(price), shortest(quantity)]),
    asks: asks.map(({ price, quantity }) => [shortest(price), shortest(quantity)]),
  }
}

/** Throws `exchange.market_not_found`. */
export async function readDepth(link: EngineLink, marketId: string, limit: number): Promise<BookSnapshot> {
  const depth = await link.depth(marketId, limit)
  if (!depth) throw exchangeRefusals.market_not_found({ marketId })
  return toSnapshot(depth)
}

/** What a mirror starts from. Throws `exchange.market_not_found`, so that one that is not there is asked for again. */
async function readOrders(link: EngineLink, marketId: string): ReturnType<EngineLink['openOrders']> {
  await readDepth(link, marketId, 1)
  return link.openOrders(marketId)
}

/** Every watched market of a shard: its book in memory, and what changes in it told to listeners; all from the engine's one sequence. */
export class MarketHub {
  readonly #parts: HubParts
  readonly #name: string
  readonly #markets = new Map<string, WatchedMarket>()
  #isEnded = false
  /** The last seq any listener has been told. */
  toldSeq = 0

  constructor(parts: HubParts) {
    this.#parts = parts
    this.#name = hubName(parts.shard)
  }

  /** Follows from now on: mirrors are not kept over a restart. */
  async run(signal: AbortSignal): Promise<void> {
    const timer = setInterval(() => this.#flush(), FLUSH_MS)
    timer.unref()
    const follower = {
      name: this.#name,
      checkpoint: () => this.#parts.shard.link.seq(),
      apply: (events: readonly EngineEvent[]) => Promise.resolve(this.#apply(events)),
    }
    await runFollower(this.#parts, follower, signal)
    this.#isEnded = true
    clearInterval(timer)
  }

  /** Events come as whole commands. */
  #apply(events: readonly EngineEvent[]): void {
    for (const event of events) {
      if (!('market' in event) || event.market === undefined) continue
      const watched = this.#markets.get(event.market)
      if (!watched) continue
      if (watched.mirror) watched.mirror.apply(event)
      else watched.waiting.push(event)
    }
    for (const { mirror } of this.#markets.values()) mirror?.settle()
  }

  #watch(marketId: string): WatchedMarket {
    const known = this.#markets.get(marketId)
    if (known) return known
    const watched: WatchedMarket = { mirror: undefined, waiting: [], toldSeq: 0, listeners: new Set() }
    this.#markets.set(marketId, watched)
    void this.#load(marketId, watched)
    return watched
  }

  /** Events before the snapshot are dropped by the mirror, those after it have been waiting. */
  async #load(marketId: string, watched: WatchedMarket): Promise<void> {
    const { shard, log } = this.#parts
    while (!watched.mirror && !this.#isEnded) {
      try {
        const mirror = new BookMirror(await readOrders(shard.link, marketId))
        for (const event of watched.waiting) mirror.apply(event)
        mirror.settle()
        mirror.takeChanges()
        watched.waiting = []
        watched.toldSeq = mirror.seq
        watched.mirror = mirror
      } catch (error) {
        log.warn('A market’s book could not be read and is asked for again', { marketId, error })
        await pause(LOAD_AGAIN_MS)
      }
    }
  }

  #flush(): void {
    const hubSeq = this.#parts.progress.seqOf(this.#name) ?? 0
    for (const [marketId, watched] of this.#markets) {
      const changes = watched.mirror?.takeChanges()
      if (!changes) continue
      const update = { fromSeq: watched.toldSeq, seq: Math.max(hubSeq, watched.mirror?.seq ?? 0), ...changes }
      watched.toldSeq = update.seq
      this.toldSeq = Math.max(this.toldSeq, update.seq)
      for (const listener of watched.listeners) this.#tell(listener, update, marketId)
    }
  }

  #tell(listener: (update: MarketDataUpdate) => void, update: MarketDataUpdate, marketId: string): void {
    try {
      listener(update)
    } catch (error) {
      this.#parts.log.error('A market data listener threw', { marketId, error })
    }
  }

  /** Calls `listener` until `signal` aborts, starting after the book has been read. */
  listen(marketId: string, listener: (update: MarketDataUpdate) => void, signal: AbortSignal): void {
    if (signal.aborted) return
    const watched = this.#watch(marketId)
    watched.listeners.add(listener)
    signal.addEventListener('abort', () => watched.listeners.delete(listener), { once: true })
  }

  /** From the mirror once it has seen `seq`, and from the engine itself for a market that nobody watches. */
  async depth(marketId: string, limit: number, seq: number): Promise<BookSnapshot> {
    const { shard, progress } = this.#parts
    const { mirror } = this.#markets.get(marketId) ?? {}
    if (!mirror || !(await progress.until(this.#name, seq, FRESH_WITHIN_MS)))
      return readDepth(shard.link, marketId, limit)
    const hubSeq = progress.seqOf(this.#name) ?? 0
    return { ...mirror.snapshot(limit), seq: Math.max(hubSeq, mirror.seq) }
  }
}
