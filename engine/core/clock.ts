/** The time that orders expire at. It only passes by commands, so that a replay expires the same orders as the first run. */
import type { ClockCommand } from '../messages/command.ts'
import { expiryReasons } from '../messages/event.ts'
import { ENDED_MAX } from './cancel-all.ts'
import { countExpired, firstExpired, nextExpiry } from './expiry.ts'
import { expireOne } from './list.ts'
import { writeClock } from './setting-event.ts'
import type { EngineState } from './state.ts'
import { NOW } from './layout.ts'
import { f } from './memory.ts'

const TIME = expiryReasons.indexOf('time')

/**
 * The command to put in front of one that happens at `time`, undefined when no order has expired by then. It takes a
 * thousand orders at a time: ask again after it.
 */
export function dueClock(s: EngineState, time: number | undefined): ClockCommand | undefined {
  return time !== undefined && time >= nextExpiry(s) ? { op: 'clock', time } : undefined
}

/** Expires what has expired by the time of the command. */
export function clock(): void {
  const time = f[NOW >> 1]!
  let expired = 0
  for (let order = firstExpired(time); order !== 0 && expired < ENDED_MAX; order = firstExpired(time)) {
    expireOne(order, TIME)
    expired++
  }
  writeClock(expired, expired < ENDED_MAX ? 0 : countExpired(time))
}
