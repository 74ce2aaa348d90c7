/** The two engines that every rule is tested on. */
import type { Command } from '../messages/command.ts'
import type { Outcome } from '../messages/event.ts'
import { NaiveEngine } from '../naive/naive-engine.ts'
import type { Rules } from '../naive/rules.ts'
import { createSession } from '../core/session.ts'
import { dumpOf, type StateDump } from '../core/state-hash.ts'

export interface Twin {
  readonly name: string
  execute(command: Command): Outcome
  dump(): StateDump
}

/** Small, so that a test that makes many costs little; no scenario comes near these. */
export const limitsSmall = { orders: 4096, levels: 4096, nodes: 512, rows: 1024, markets: 16, keys: 64 }

export function createFast(): Twin {
  const { state, execute } = createSession(limitsSmall)
  return { name: 'fast', execute, dump: () => dumpOf(state) }
}

/** `broken` are rules that a test wants to see noticed. */
export function createNaive(broken: Partial<Rules> = {}): Twin {
  const engine = new NaiveEngine({ keys: limitsSmall.keys, broken })
  return {
    name: 'naive',
    execute: (command) => engine.execute(command),
    dump: () => engine.dump(),
  }
}

export const twins: readonly (() => Twin)[] = [createFast, createNaive]
