/** Applies the commands of one frame, and the clock's where orders have expired before one of them. */
import { dueClock } from '../core/clock.ts'
import { apply } from '../core/engine.ts'
import * as layout from '../core/layout.ts'
import { flush, type EngineState } from '../core/state.ts'
import { warm } from '../core/warm.ts'
import { writeCommand } from '../messages/command-record.ts'
import * as records from '../messages/records.ts'
import type { Group } from './group.ts'

const { EXPIRY_COUNT, INPUT, INPUT_BYTES, OUT, OUTPUT, REPEATED, REPEATED_COUNT, REPEATED_SEQ, SEQ_NEXT } =
  layout
const { COMMAND_HEAD, COMMAND_TIME } = records

/** The end of the input is for the clock's command. */
const CLOCK_BYTES = 256
export const FRAME_COMMANDS_BYTES_MAX = INPUT_BYTES - CLOCK_BYTES

/** Events that stand in a row among the group's, from byte `start` on. */
export interface EventRun {
  readonly start: number
  readonly end: number
}

/** A command that was carried out before: its events, `count` from `seq` on, are in the log. */
export interface Repeat {
  readonly command: number
  readonly seq: number
  readonly count: number
}

/** What one frame of commands came to. */
export interface Submitted {
  readonly count: number
  /** Which of the group's outcome heads are its. */
  readonly heads: number
  /** Where its events are, in their order: nearly always one run. */
  readonly parts: readonly (EventRun | Repeat)[]
}

/** The commands between two words of the input. */
export interface Batch {
  readonly input: number
  readonly end: number
  readonly count: number
  /** What the client calls them. */
  readonly request: number
}

/** Applies a batch. Those of its commands that are no repeats are added to the group, to be journalled. */
export function applyBatch(s: EngineState, { input, end, count, request }: Batch, group: Group): Submitted {
  const { i, f, b } = s
  const { commands, events, outcomes } = group
  const heads = outcomes.begin(request, count)
  const parts: (EventRun | Repeat)[] = []
  // The newest events of the group are still in the engine's output.
  const reached = (): number => events.length + (i[OUT]! - i[OUTPUT]!) * 4
  const now = Date.now()
  let run = reached()
  let runEnd = run
  let at = input
  let cold = input
  let copied = input
  for (let command = 0; command < count; command++) {
    if (at >= cold) cold = warm(at, end)
    const time = (at + COMMAND_TIME) >> 1
    if (f[time] === -1) f[time] = now
    if (i[EXPIRY_COUNT] !== 0 && dueClock(s, f[time])) {
      commands.append(b.subarray(copied * 4, at * 4))
      copied = at
      expire(s, f[time]!, group)
      parts.push({ start: run, end: runEnd })
      run = runEnd = reached()
    }
    const seq = f[SEQ_NEXT >> 1]!
    apply(s, at)
    const next = at + ((i[at + COMMAND_HEAD]! & 0xffff) >> 2)
    if (i[REPEATED] === 0) {
      const eventsEnd = reached()
      outcomes.put(heads, command, seq, eventsEnd - runEnd)
      runEnd = eventsEnd
      group.count++
    } else {
      // It changed nothing and is not journalled.
      commands.append(b.subarray(copied * 4, at * 4))
      copied = next
      parts.push({ start: run, end: runEnd })
      parts.push({ command, seq: f[REPEATED_SEQ >> 1]!, count: i[REPEATED_COUNT]! })
      run = runEnd
    }
    at = next
  }
  commands.append(b.subarray(copied * 4, at * 4))
  parts.push({ start: run, end: runEnd })
  flush(s)
  return { count, heads, parts }
}

/** Time has passed the expiry of some orders: clock commands go in front, journalled like any other. */
function expire(s: EngineState, time: number, group: Group): void {
  const at = s.i[INPUT]! + FRAME_COMMANDS_BYTES_MAX / 4
  for (let clock = dueClock(s, time); clock; clock = dueClock(s, time)) {
    const end = writeCommand(s, at, clock, () => undefined)
    apply(s, at)
    group.commands.append(s.b.subarray(at * 4, end * 4))
    group.count++
  }
}
