/** Applies the commands of one frame, and the clock's where orders have expired before one of them. */
import { dueClock } from '../core/clock.ts'
import { apply } from '../core/engine.ts'
import * as layout from '../core/layout.ts'
import { flush, type EngineState } from '../core/state.ts'
import { warm } from '../core/warm.ts'
import { endOf, writeCommand } from '../messages/command-record.ts'
import * as records from '../messages/records.ts'
import type { Group } from './group.ts'

const { INPUT, INPUT_BYTES, OUT, OUTPUT, REPEATED, REPEATED_COUNT, REPEATED_SEQ, SEQ_NEXT } = layout
const { COMMAND_TIME } = records

/** The end of the input is for the clock's command. */
const CLOCK_BYTES = 256
export const FRAME_COMMANDS_BYTES_MAX = INPUT_BYTES - CLOCK_BYTES

/** What one frame of commands came to: the events of command n are from `starts[n]` to `ends[n]` of the group's. */
export interface Submitted {
  readonly seqs: Float64Array
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  /** Per command: how many events its first time had when it is a repeat, else -1. */
  readonly repeats: Int32Array
}

/** Where the next event will stand in the group's, of which the newest are still in the engine's output. */
function eventsEnd({ i }: EngineState, group: Group): number {
  return group.events.length + (i[OUT]! - i[OUTPUT]!) * 4
}

/** Applies `count` commands from word `input` on. Those that are no repeats are added to the group, to be journalled. */
export function applyBatch(
  s: EngineState,
  input: number,
  { count, group }: { count: number; group: Group },
): Submitted {
  const { i, f, b } = s
  const now = Date.now()
  const seqs = new Float64Array(count)
  const starts = new Uint32Array(count)
  const ends = new Uint32Array(count)
  const repeats = new Int32Array(count).fill(-1)
  let end = input
  for (let command = 0; command < count; command++) end = endOf(i, end)
  let at = input
  let cold = input
  let copied = input
  for (let command = 0; command < count; command++) {
    if (at >= cold) cold = warm(at, end)
    const time = (at + COMMAND_TIME) >> 1
    if (f[time] === -1) f[time] = now
    if (dueClock(s, f[time])) {
      group.commands.append(b.subarray(copied * 4, at * 4))
      copied = at
      expire(s, f[time]!, group)
    }
    seqs[command] = f[SEQ_NEXT >> 1]!
    starts[command] = eventsEnd(s, group)
    apply(s, at)
    const next = endOf(i, at)
    if (i[REPEATED] === 0) {
      group.count++
    } else {
      seqs[command] = f[REPEATED_SEQ >> 1]!
      repeats[command] = i[REPEATED_COUNT]!
      // A repeat changed nothing and is not journalled.
      group.commands.append(b.subarray(copied * 4, at * 4))
      copied = next
    }
    ends[command] = eventsEnd(s, group)
    at = next
  }
  group.commands.append(b.subarray(copied * 4, at * 4))
  flush(s)
  return { seqs, starts, ends, repeats }
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
