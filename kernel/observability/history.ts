import type { Redis } from 'ioredis'
import { joinValues, type Values } from '../metrics/index.ts'

/** The indicators of one node, or of all, at one moment. */
export interface Point {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly values: Values
}

export const ranges = {
  hour: { stepMs: 10_000, points: 360 },
  day: { stepMs: 300_000, points: 288 },
} as const
export type Range = keyof typeof ranges

export interface History {
  add(point: Point): Promise<void>
  /** The latest of each node that said something in the last half minute. */
  latest(nodes: readonly string[]): Promise<readonly Point[]>
  /** Oldest first; of one node, or of all together. */
  series(range: Range, nodes: readonly string[]): Promise<readonly Point[]>
}

const TTL_SECONDS = 26 * 60 * 60
const FRESH_MS = 35_000

function keyOf(node: string, range: Range): string {
  return `cambium:observability:points:${node}:${range}`
}

/** Keeps an hour closely and a day coarsely, in lists of a fixed length: about half a megabyte a node. */
export function createHistory(redis: Redis, nodeId: string): History {
  let lastCoarse = 0

  async function push(range: Range, point: Point): Promise<void> {
    const key = keyOf(nodeId, range)
    await redis
      .multi()
      .lpush(key, JSON.stringify(point))
      .ltrim(key, 0, ranges[range].points - 1)
      .expire(key, TTL_SECONDS)
      .exec()
  }

  async function read(node: string, range: Range, last: number): Promise<readonly Point[]> {
    return (await redis.lrange(keyOf(node, range), 0, last - 1)).map((text) => JSON.parse(text) as Point)
  }

  return {
    async add(point) {
      await push('hour', point)
      const period = Math.floor(point.at / ranges.day.stepMs)
      if (period === lastCoarse) return
      lastCoarse = period
      await push('day', point)
    },
    async latest(nodes) {
      const points = await Promise.all(nodes.map((node) => read(node, 'hour', 1)))
      return points.flat().filter(({ at }) => Date.now() - at < FRESH_MS)
    },
    async series(range, nodes) {
      const { stepMs, points } = ranges[range]
      const all = (await Promise.all(nodes.map((node) => read(node, range, points)))).flat()
      const since = Date.now() - stepMs * points
      const steps = Map.groupBy(
        all.filter(({ at }) => at >= since),
        ({ at }) => Math.round(at / stepMs) * stepMs,
      )
      return [...steps]
        .map(([at, own]) => ({ at, values: joinValues(own.map(({ values }) => values)) }))
        .sort((left, right) => left.at - right.at)
    },
  }
}
