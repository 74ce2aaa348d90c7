/** An engine in this process that takes commands and gives events as objects: for replay, tests and small tools. */
import { writeCommand } from './command-record.ts'
import type { Command } from './command.ts'
import { apply } from './engine.ts'
import { decodeEvents } from './event-decode.ts'
import type { EngineEvent, Outcome } from './event.ts'
import { COMMAND_TIME } from './command-record.ts'
import {
  INPUT,
  limitsDefault,
  REPEATED,
  REPEATED_COUNT,
  REPEATED_SEQ,
  SEQ_NEXT,
  type Limits,
} from './layout.ts'
import type { Market } from './market.ts'
import { createState, flush, type EngineState } from './state.ts'

export interface Session {
  readonly state: EngineState
  /** A repeat of a remembered command has no events here: they were given the first time. */
  execute(command: Command): Outcome
}

/** A command without a time happens at 0: this engine has no clock either. */
export function createSession(limits: Partial<Limits> = {}): Session {
  let events: EngineEvent[] = []
  const state = createState({ ...limitsDefault, ...limits }, (records) => {
    events.push(...decodeEvents(records, (index) => state.markets[index] as Market))
  })
  const findMarket = (name: string): Market | undefined => state.marketByName.get(name)
  const input = state.i[INPUT]!
  return {
    state,
    execute: (command) => {
      events = []
      writeCommand(state, input, command, findMarket)
      const time = (input + COMMAND_TIME) >> 1
      if (state.f[time] === -1) state.f[time] = 0
      const seq = state.f[SEQ_NEXT >> 1]!
      apply(state, input)
      flush(state)
      if (state.i[REPEATED] === 0) return { seq, events, duplicate: false }
      return {
        seq: state.f[REPEATED_SEQ >> 1]!,
        events: events.slice(0, state.i[REPEATED_COUNT]!),
        duplicate: true,
      }
    },
  }
}
