import { askEngine, type EngineStatus } from '@cambium/engine'
import type { Progress } from './progress.ts'
import type { Shard, Shards } from './shards.ts'

export interface EngineFigure {
  readonly shard: string
  readonly isUp: boolean
  readonly seq: number | null
  readonly role: string | null
  /** Events its slowest standby is behind; null without one. */
  readonly standbyLag: number | null
  readonly isAlone: boolean
  /** Bytes of commands that wait for the next write of the journal. */
  readonly queueBytes: number | null
  /** The longest write of the last ten seconds. */
  readonly syncMs: number | null
}

export interface EngineFigures {
  readonly engines: readonly EngineFigure[]
  readonly followers: readonly { readonly name: string; readonly lag: number }[]
}

interface Asked {
  readonly shards: Shards
  readonly progress: Progress
}

const ANSWER_MS = 2_000

async function statusOf(sockets: string): Promise<EngineStatus | undefined> {
  const asked = sockets.split(',').map(async (socket) => {
    const late = AbortSignal.timeout(ANSWER_MS)
    const { promise, reject } = Promise.withResolvers<never>()
    late.addEventListener('abort', () => reject(new Error('It did not answer.')), { once: true })
    return Promise.race([askEngine<EngineStatus>(socket, { ask: 'status' }), promise])
  })
  const answers = await Promise.allSettled(asked)
  const statuses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  return statuses.find(({ role }) => role === 'primary') ?? statuses[0]
}

async function figureOf({ name, socket }: Shard): Promise<EngineFigure> {
  const status = await statusOf(socket)
  if (!status) {
    const nothing = { seq: null, role: null, standbyLag: null, queueBytes: null, syncMs: null }
    return { shard: name, isUp: false, isAlone: false, ...nothing }
  }
  const { role, seq, standbys = [], isAlone = false } = status
  const lags = standbys.map(({ lag }) => lag)
  return {
    shard: name,
    isUp: role === 'primary' && status.refusal === undefined,
    seq,
    role,
    isAlone,
    standbyLag: lags.length === 0 ? null : Math.max(...lags),
    queueBytes: status.queueBytes ?? null,
    syncMs: status.syncMs ?? null,
  }
}

/** How the engines do, asked of themselves: one that does not answer is told as down, not waited for. */
export async function engineFigures({ shards, progress }: Asked): Promise<EngineFigures> {
  const engines = await Promise.all(shards.all.map(figureOf))
  const seqs = new Map(engines.map(({ shard, seq }) => [shard, seq]))
  const followers = progress.all().flatMap(([name, seq]) => {
    const shard = shards.of(seq) ?? shards.main
    const reached = seqs.get(shard.name)
    return typeof reached === 'number' ? [{ name, lag: Math.max(0, shard.platformSeq(reached) - seq) }] : []
  })
  return { engines, followers }
}
