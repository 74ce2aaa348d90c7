/** The time that orders expire at. It only passes by commands, so that a replay expires the same orders as the first run. */
import type { ClockCommand } from '../messages/command.ts'
import { nextExpiry } from './expiry.ts'
import type { EngineState } from './state.ts'

/**
 * The command to put in front of one that happens at `time`, undefined when no order has expired by then. It takes a
 * thousand orders at a time: ask again after it.
 */
export function dueClock(s: EngineState, time: number | undefined): ClockCommand | undefined {
  return time !== undefined && time >= nextExpiry(s) ? { op: 'clock', time } : undefined
}
