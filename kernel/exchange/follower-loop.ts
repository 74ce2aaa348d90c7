import { setTimeout as pause } from 'node:timers/promises'
import type { EngineEvent } from '@cambium/engine'
import type { Logger } from '../broker/index.ts'
import { firstSeqOf } from './platform-seq.ts'
import type { Progress } from './progress.ts'
import type { Shard } from './shards.ts'

const RETRY_MIN_MS = 50
const RETRY_MAX_MS = 5_000
/** Events applied in one transaction at most: more settle faster, and keep others waiting for the ledger longer. */
const EVENTS_A_BATCH = 2_000

export interface LoopParts {
  readonly shard: Shard
  readonly progress: Progress
  readonly log: Logger
}

export interface LoopFollower {
  readonly name: string
  checkpoint(): Promise<number>
  /** Applies the events and stores the last one's seq in one transaction. When it throws, the batch comes again. */
  apply(events: readonly EngineEvent[]): Promise<void>
  /** Awaited before each batch: the highest seq it may contain. */
  readonly limit?: () => Promise<number>
}

/** The last run under each name: a new generation starts where the one before it has really ended. */
const runs = new WeakMap<Progress, Map<string, Promise<void>>>()

/** Runs until `signal` aborts and the batch at hand is done. */
export async function runFollower(
  parts: LoopParts,
  follower: LoopFollower,
  signal: AbortSignal,
): Promise<void> {
  const byName = runs.get(parts.progress) ?? new Map<string, Promise<void>>()
  runs.set(parts.progress, byName)
  const before = byName.get(follower.name) ?? Promise.resolve()
  const current = before.catch(() => undefined).then(() => follow(parts, follower, signal))
  byName.set(follower.name, current)
  await current
}

async function follow(parts: LoopParts, follower: LoopFollower, signal: AbortSignal): Promise<void> {
  const { shard, progress } = parts
  const { name } = follower
  const seq = await persist(parts, name, signal, () => readStart(parts, follower))
  if (seq === undefined) return
  progress.reached(name, seq)
  const take = async (events: readonly EngineEvent[]): Promise<void> => {
    for (let start = 0; start < events.length;) {
      const batch = await nextBatch(events, start, follower.limit)
      await persist(parts, name, signal, () => follower.apply(batch))
      if (signal.aborted) return
      start += batch.length
      progress.reached(name, batch.at(-1)?.seq ?? 0)
    }
  }
  await shard.link.follow(seq + 1, take, signal)
  progress.ended(name)
}

async function readStart({ shard }: LoopParts, follower: LoopFollower): Promise<number> {
  const seq = Math.max(await follower.checkpoint(), firstSeqOf(shard.number))
  const engineSeq = await shard.link.seq()
  if (engineSeq >= seq) return seq
  // Its next events would pass for old ones and never be applied.
  throw new Error(
    `The engine is at ${engineSeq}, before the ${seq} applied here: its journal is not the one we followed.`,
  )
}

async function nextBatch(
  events: readonly EngineEvent[],
  start: number,
  limit: (() => Promise<number>) | undefined,
): Promise<readonly EngineEvent[]> {
  const seqMax = (await limit?.()) ?? Infinity
  return events.slice(start, start + EVENTS_A_BATCH).filter((event) => event.seq <= seqMax)
}

/** Repeats `work` until it succeeds, more slowly each time; undefined when `signal` aborts before it does. */
async function persist<T>(
  { log }: LoopParts,
  name: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T | undefined> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      log.error(`Follower ${name} could not apply a batch and tries again`, { error })
      const delayMs = Math.min(RETRY_MIN_MS * 2 ** attempt, RETRY_MAX_MS)
      await pause(delayMs, undefined, { signal }).catch(() => undefined)
    }
  }
  return undefined
}
