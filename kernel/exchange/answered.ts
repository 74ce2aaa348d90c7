import type { Redis } from 'ioredis'
import { shardNumberOf } from './platform-seq.ts'

/** How long another node may have to catch up with what a user was answered; followers are never that late. */
const KEPT_SECONDS = 600

const raiseScript = `
  local known = tonumber(redis.call('GET', KEYS[1]) or '0')
  if tonumber(ARGV[1]) > known then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
  return 0`

function redisKey(userId: string, shardNumber: number): string {
  return `exchange:answered:${userId}${shardNumber === 0 ? '' : `@${shardNumber}`}`
}

/** The last sequence each user has been answered of each shard, known to every node before the user has the answer. */
export class AnsweredSeqs {
  readonly #redis: Redis
  readonly #here = new Map<string, number>()
  readonly #latest = new Map<number, number>()

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async set(userId: string, seq: number): Promise<void> {
    const shardNumber = shardNumberOf(seq)
    this.#latest.set(shardNumber, Math.max(this.latest(shardNumber), seq))
    const key = redisKey(userId, shardNumber)
    if ((this.#here.get(key) ?? 0) >= seq) return
    this.#here.set(key, seq)
    await this.#redis.eval(raiseScript, 1, key, seq, KEPT_SECONDS)
  }

  async get(userId: string, shardNumber: number): Promise<number> {
    const key = redisKey(userId, shardNumber)
    const elsewhere = Number((await this.#redis.get(key)) ?? 0)
    return Math.max(this.#here.get(key) ?? 0, elsewhere)
  }

  /** The highest sequence of a shard that anybody was answered on this node. */
  latest(shardNumber: number): number {
    return this.#latest.get(shardNumber) ?? 0
  }
}
