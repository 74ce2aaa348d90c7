import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Logger } from '../broker/index.ts'
import type { AnsweredSeqs } from './answered.ts'
import { Progress } from './progress.ts'
import { exchangeRefusals } from './refusals.ts'
import type { Shard, Shards } from './shards.ts'

const APPLIED_WITHIN_MS = 5_000
const ASK_AGAIN_MS = 10

function redisKey(followerName: string): string {
  return `exchange:applied:${followerName}`
}

/** Progress that other nodes can read, for those who follow nothing themselves. */
export function publishedProgress(redis: Redis, log: Logger): Progress {
  return new Progress((name, seq) => {
    redis.set(redisKey(name), seq).catch((error: unknown) => {
      log.warn('How far a follower is could not be told to other nodes', { name, error })
    })
  })
}

export interface ReadYourWritesParts {
  readonly redis: Redis
  readonly answered: AnsweredSeqs
  readonly progress: Progress
  readonly shards: Shards
}

/**
 * Waits until the follower, on whatever node, has applied all the user was answered by any engine. Throws
 * `exchange.follower_is_behind` rather than let a read miss the reader's own write.
 */
export async function readYourWrites(
  parts: ReadYourWritesParts,
  followerName: string,
  userId: string,
): Promise<void> {
  await Promise.all(parts.shards.all.map((shard) => untilApplied(parts, shard, { followerName, userId })))
}

async function untilApplied(
  { redis, answered, progress }: ReadYourWritesParts,
  shard: Shard,
  { followerName, userId }: { followerName: string; userId: string },
): Promise<void> {
  const name = shard.own(followerName)
  const seq = await answered.get(userId, shard.number)
  if ((progress.seqOf(name) ?? 0) >= seq) return
  const deadline = performance.now() + APPLIED_WITHIN_MS
  for (;;) {
    const leftMs = Math.max(0, deadline - performance.now())
    if (await progress.until(name, seq, leftMs)) return
    if (Number((await redis.get(redisKey(name))) ?? 0) >= seq) return
    if (leftMs <= 0) throw exchangeRefusals.follower_is_behind({ follower: name, seq })
    await pause(ASK_AGAIN_MS)
  }
}
