import type { Redis } from 'ioredis'
import type { LogLine } from '../log/index.ts'
import type { TracePart } from '../tracing/index.ts'

export type TraceKind = 'recent' | 'slow' | 'failed'

/** One request, job or delivery of a node, as it is kept. */
export interface KeptTrace extends TracePart {
  readonly node: string
  readonly lines: readonly LogLine[]
}

export interface TraceSummary {
  readonly traceId: string
  readonly name: string
  readonly kind: string
  readonly owner: string
  readonly node: string
  readonly startMs: number
  readonly durationMs: number
  readonly steps: number
  readonly isFailed: boolean
  readonly status: number | null
}

export interface TraceStore {
  keep(kinds: readonly TraceKind[], trace: KeptTrace): Promise<void>
  list(kind: TraceKind, limit: number): Promise<readonly TraceSummary[]>
  find(traceId: string): Promise<readonly KeptTrace[]>
}

const KEPT = { recent: 300, slow: 200, failed: 200 } as const
const KINDS = ['recent', 'slow', 'failed'] as const
const TTL_SECONDS = 24 * 60 * 60
const SPANS_MAX = 200

/** Puts one in and the oldest out, in one step, so that the memory it takes has an end. */
const keepScript = `
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
  redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
  local surplus = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[4])
  if surplus > 0 then
    local gone = redis.call('ZPOPMIN', KEYS[1], surplus)
    for i = 1, #gone, 2 do redis.call('HDEL', KEYS[2], gone[i]) end
  end
  redis.call('EXPIRE', KEYS[1], ARGV[5])
  redis.call('EXPIRE', KEYS[2], ARGV[5])`

function keysOf(kind: TraceKind): readonly [string, string] {
  return [`cambium:observability:traces:${kind}`, `cambium:observability:traces:${kind}:bodies`]
}

function summaryOf({ traceId, node, root, spans, dropped }: KeptTrace): TraceSummary {
  const { attributes, name, startMs, durationMs, isFailed } = root
  const status = attributes['http.response.status_code']
  return {
    traceId,
    node,
    name,
    startMs,
    durationMs,
    isFailed,
    kind: String(attributes['cambium.kind'] ?? 'request'),
    owner: String(attributes['cambium.owner'] ?? ''),
    steps: spans.length + dropped,
    status: typeof status === 'number' ? status : null,
  }
}

export function createTraceStore(redis: Redis): TraceStore {
  return {
    async keep(kinds, trace) {
      const { spans, root } = trace
      const body = JSON.stringify({
        ...trace,
        spans: spans.slice(0, SPANS_MAX),
        dropped: trace.dropped + Math.max(0, spans.length - SPANS_MAX),
      })
      for (const kind of kinds) {
        const member = `${trace.traceId}:${root.spanId}`
        await redis.eval(keepScript, 2, ...keysOf(kind), root.startMs, member, body, KEPT[kind], TTL_SECONDS)
      }
    },
    async list(kind, limit) {
      const [index, bodies] = keysOf(kind)
      const members = await redis.zrevrange(index, 0, limit - 1)
      if (members.length === 0) return []
      const texts = await redis.hmget(bodies, ...members)
      return texts.flatMap((text) => (text === null ? [] : [summaryOf(JSON.parse(text) as KeptTrace)]))
    },
    async find(traceId) {
      const found = new Map<string, KeptTrace>()
      for (const kind of KINDS) {
        const [, bodies] = keysOf(kind)
        const members = (await redis.hkeys(bodies)).filter((member) => member.startsWith(`${traceId}:`))
        const texts = members.length === 0 ? [] : await redis.hmget(bodies, ...members)
        for (const [place, text] of texts.entries()) {
          if (text !== null) found.set(String(members[place]), JSON.parse(text) as KeptTrace)
        }
      }
      return [...found.values()].sort((left, right) => left.root.startMs - right.root.startMs)
    },
  }
}
