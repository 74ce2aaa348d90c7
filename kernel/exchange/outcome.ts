import type { Outcome } from '@cambium/engine'
import { platformRefusals } from '../broker/index.ts'
import { rejectionRefusal } from './refusals.ts'

/** The last event of an answered command: whoever has applied it has seen all of the command. */
export function lastSeq({ seq, events }: Outcome): number {
  return events.at(-1)?.seq ?? seq
}

/** Throws the refusal for a command the engine rejected. Its keys are the platform's: a conflict is told in one word. */
export function refuseRejected(outcome: Outcome, data: Readonly<Record<string, unknown>> = {}): void {
  const [first] = outcome.events
  if (first?.event !== 'rejected') return
  if (first.reason === 'idempotency_conflict') throw platformRefusals.idempotency_conflict()
  throw rejectionRefusal(first.reason)({ ...data, seq: first.seq })
}
