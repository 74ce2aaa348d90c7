/** The two engines that every rule is tested on. */
import type { Command } from '../messages/command.ts'
import type { Outcome } from '../messages/event.ts'
import { partsOf, StateLoader } from '../journal/state-tables.ts'
import { NaiveEngine } from '../naive/naive-engine.ts'
import type { Rules } from '../naive/rules.ts'
import { nextExpiry } from '../core/expiry.ts'
import type { Limits } from '../core/layout.ts'
import { readDepth, type Depth } from '../core/reads.ts'
import { createSession, type Session } from '../core/session.ts'
import { dumpOf, type StateDump } from '../core/state-hash.ts'

export interface Twin {
  readonly name: string
  execute(command: Command): Outcome
  dump(): StateDump
  depth(market: string): Depth | undefined
  /** Infinity when no order expires. */
  nextExpiry(): number
}

/** Small, so that a test that makes many costs little and hash tables collide; no scenario comes near these. */
const limitsSmall: Partial<Limits> = {
  orders: 2048,
  nodes: 512,
  rows: 1024,
  markets: 16,
  specials: 1024,
  lists: 256,
  keys: 64,
}

export function createFast(): Twin {
  return twinOf('fast', createSession(limitsSmall))
}

function twinOf(name: string, { state, execute }: Session): Twin {
  return {
    name,
    execute,
    dump: () => dumpOf(state),
    depth: (market) => readDepth(state, market, 1000),
    nextExpiry: () => nextExpiry(state),
  }
}

/** The fast one, saved and loaded into a new engine every so many commands: it shows what a snapshot forgets. */
export function createRestored(every: number): Twin {
  let session = createSession(limitsSmall)
  let count = 0
  const restore = (): void => {
    const parts = [...partsOf(session.state)]
    session = createSession(limitsSmall)
    const loader = new StateLoader(session.state)
    for (const part of parts) loader.add(part)
    loader.finish()
  }
  return {
    name: 'restored',
    execute: (command) => {
      if (++count % every === 0) restore()
      return session.execute(command)
    },
    dump: () => twinOf('restored', session).dump(),
    depth: (market) => twinOf('restored', session).depth(market),
    nextExpiry: () => twinOf('restored', session).nextExpiry(),
  }
}

/** `broken` are rules that a test wants to see noticed. */
export function createNaive(broken: Partial<Rules> = {}): Twin {
  const engine = new NaiveEngine({ keys: limitsSmall.keys!, broken })
  return {
    name: 'naive',
    execute: (command) => engine.execute(command),
    dump: () => engine.dump(),
    depth: (market) => engine.depth(market),
    nextExpiry: () => engine.nextExpiry(),
  }
}

export const twins: readonly (() => Twin)[] = [createFast, () => createNaive()]
