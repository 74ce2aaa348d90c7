import type { Redis } from 'ioredis'

/** Which kernels serve this platform, by what each says of itself; one that is gone without a word is missed. */
export interface Presence {
  say(): Promise<void>
  /** It goes by its own will. */
  leave(): Promise<void>
  list(): Promise<{ readonly present: readonly string[]; readonly missing: readonly string[] }>
}

const KEY = 'cambium:observability:nodes'
const MISSING_AFTER_MS = 35_000
const FORGOTTEN_AFTER_MS = 60 * 60_000

export function createPresence(redis: Redis, nodeId: string): Presence {
  return {
    say: async () => void (await redis.hset(KEY, nodeId, Date.now())),
    leave: async () => void (await redis.hdel(KEY, nodeId).catch(() => 0)),
    async list() {
      const said = Object.entries(await redis.hgetall(KEY)).map(([id, at]) => ({
        id,
        ageMs: Date.now() - Number(at),
      }))
      const forgotten = said.filter(({ ageMs }) => ageMs > FORGOTTEN_AFTER_MS).map(({ id }) => id)
      if (forgotten.length > 0) await redis.hdel(KEY, ...forgotten)
      const isMissing = ({ ageMs }: { ageMs: number }): boolean => ageMs > MISSING_AFTER_MS
      return {
        present: said
          .filter((one) => !isMissing(one))
          .map(({ id }) => id)
          .sort(),
        missing: said
          .filter((one) => isMissing(one) && one.ageMs <= FORGOTTEN_AFTER_MS)
          .map(({ id }) => id)
          .sort(),
      }
    },
  }
}
