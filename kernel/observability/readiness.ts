import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { pendingKernelMigrations, selectRows } from '../database/index.ts'
import type { Readiness, ReadyPart } from '../gateway/index.ts'

export interface ReadinessParts {
  readonly database: Knex
  readonly redis: Redis
  /** Names of the engines that take no commands. */
  readonly enginesAway: () => Promise<readonly string[]>
  /** False while this node is behind the others. */
  readonly isInPool: () => boolean
}

/** Where this node is on its way from start to end. */
export type Phase = 'starting' | 'serving' | 'stopping'

const ANSWER_MS = 2_000
const KEEP_MS = 1_000
const MIGRATIONS_KEEP_MS = 30_000

async function part(name: string, check: () => Promise<void>): Promise<ReadyPart> {
  const beganMs = performance.now()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`It did not answer in ${ANSWER_MS} ms.`)), ANSWER_MS)
  const durationMs = (): number => Math.round(performance.now() - beganMs)
  try {
    await Promise.race([check(), late.promise])
    return { name, isReady: true, durationMs: durationMs() }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { name, isReady: false, durationMs: durationMs(), reason }
  } finally {
    clearTimeout(timer)
  }
}

/** Whether this node can serve: asked by balancers, so what was found a moment ago counts still. */
export function createReadiness({ database, redis, enginesAway, isInPool }: ReadinessParts) {
  let phase: Phase = 'starting'
  let known: { atMs: number; readiness: Promise<readonly ReadyPart[]> } | undefined
  let migratedMs = -Infinity

  async function checkMigrations(): Promise<void> {
    if (performance.now() - migratedMs < MIGRATIONS_KEEP_MS) return
    const pending = await pendingKernelMigrations(database)
    if (pending.length > 0) throw new Error(`Not applied: ${pending.join(', ')}`)
    migratedMs = performance.now()
  }

  const check = (): Promise<readonly ReadyPart[]> =>
    Promise.all([
      part('database', async () => void (await selectRows(database, 'SELECT 1'))),
      part('redis', async () => void (await redis.ping())),
      part('engine', async () => {
        const away = await enginesAway()
        if (away.length > 0) throw new Error(`No commands are taken by ${away.join(', ')}.`)
      }),
      part('migrations', checkMigrations),
      part('node', async () => {
        if (!isInPool()) throw new Error('It is behind the other nodes.')
      }),
    ])

  return {
    /** A node that starts or stops is asked nothing else: it is not ready. */
    set phase(next: Phase) {
      phase = next
    },
    async ready(): Promise<Readiness> {
      const now = performance.now()
      if (!known || now - known.atMs > KEEP_MS) known = { atMs: now, readiness: check() }
      const parts = await known.readiness
      const own = { name: 'kernel', isReady: phase === 'serving', durationMs: 0 }
      const all = [phase === 'serving' ? own : { ...own, reason: `It is ${phase}.` }, ...parts]
      return { isReady: all.every(({ isReady }) => isReady), parts: all }
    },
  }
}
