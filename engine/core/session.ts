/** An engine in this process that takes commands and gives events as objects: for replay, tests and small tools. */
import { writeCommand } from '../messages/command-record.ts'
import type { Command } from '../messages/command.ts'
import { apply } from './engine.ts'
import { decodeEvents } from '../messages/event-decode.ts'
import type { EngineEvent, Outcome } from '../messages/event.ts'
import { limitsDefault, type Limits } from './layout.ts'
import type { Market } from '../messages/market.ts'
import { createState, flush, type EngineState } from './state.ts'
import * as layout from './layout.ts'
import * as records from '../messages/records.ts'

const { INPUT_AT, REPEATED, REPEATED_SEQ, SEQ_NEXT } = layout
const { COMMAND_TIME } = records

export interface Session {
  readonly state: EngineState
  /** A repeat of a remembered command has no events here: they were given the first time. */
  execute(command: Command): Outcome
}

/** A command without a time happens at 0: this engine has no clock either. `sink` sees the event records as well. */
export function createSession(limits: Partial<Limits> = {}, sink?: (records: Uint8Array) => void): Session {
  let events: EngineEvent[] | undefined
  const state = createState({ ...limitsDefault, ...limits }, (records) => {
    sink?.(records)
    if (!events) return
    for (const event of decodeEvents(records, (index) => state.markets[index] as Market)) events.push(event)
  })
  const findMarket = (name: string): Market | undefined => state.marketByName.get(name)
  const input = INPUT_AT
  const execute = (command: Command): Outcome => {
    const caused: EngineEvent[] = []
    events = caused
    writeCommand(state, input, command, findMarket)
    const time = (input + COMMAND_TIME) >> 1
    if (state.f[time] === -1) state.f[time] = 0
    const seq = state.f[SEQ_NEXT >> 1]!
    apply(state, input)
    flush(state)
    events = undefined
    if (state.i[REPEATED] === 0) return { seq, events: caused, duplicate: false }
    return { seq: state.f[REPEATED_SEQ >> 1]!, events: [], duplicate: true }
  }
  return { state, execute }
}
