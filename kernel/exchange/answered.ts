import type { Redis } from 'ioredis'

/** How long another node may have to catch up with what a user was answered; followers are never that late. */
const KEPT_SECONDS = 600

const raiseScript = `
  local known = tonumber(redis.call('GET', KEYS[1]) or '0')
  if tonumber(ARGV[1]) > known then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
  return 0`

function redisKey(userId: string): string {
  return `exchange:answered:${userId}`
}

/** The last sequence each user has been answered, known to every node before the user has the answer. */
export class AnsweredSeqs {
  readonly #redis: Redis
  readonly #here = new Map<string, number>()
  /** The highest sequence anybody was answered on this node. */
  latest = 0

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async set(userId: string, seq: number): Promise<void> {
    this.latest = Math.max(this.latest, seq)
    if ((this.#here.get(userId) ?? 0) >= seq) return
    this.#here.set(userId, seq)
    await this.#redis.eval(raiseScript, 1, redisKey(userId), seq, KEPT_SECONDS)
  }

  async get(userId: string): Promise<number> {
    const elsewhere = Number((await this.#redis.get(redisKey(userId))) ?? 0)
    return Math.max(this.#here.get(userId) ?? 0, elsewhere)
  }
}
