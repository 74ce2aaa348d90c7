import type { Outcome } from '@cambium/engine'
import { rejectionRefusal } from './refusals.ts'

/** The last event of an answered command: whoever has applied it has seen all of the command. */
export function lastSeq({ seq, events }: Outcome): number {
  return events.at(-1)?.seq ?? seq
}

/** Throws the refusal for a command the engine rejected. */
export function refuseRejected(outcome: Outcome, data: Readonly<Record<string, unknown>> = {}): void {
  const [first] = outcome.events
  if (first?.event === 'rejected') throw rejectionRefusal(first.reason)({ ...data, seq: first.seq })
}
