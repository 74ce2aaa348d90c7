import type { Command } from '../messages/command.ts'
import type { Reason } from '../messages/event.ts'
import { say, type NaiveState } from './state.ts'

/** What a refusal repeats of its command, as far as the command has it. */
interface Refused {
  readonly op: Command['op']
  readonly market?: string | undefined
  readonly account?: number
  readonly from?: number
  readonly asset?: string
  readonly feeAsset?: string
  readonly id?: string
  readonly order?: number
}

export function reject(s: NaiveState, command: Refused, reason: Reason): void {
  const { op, market, id, order } = command
  const account = command.account ?? command.from
  const asset = op === 'discount' ? command.feeAsset : command.asset
  say(s, {
    event: 'rejected',
    op,
    ...(market !== undefined && { market }),
    ...(asset !== undefined && { asset }),
    ...(account !== undefined && { account }),
    ...(id !== undefined && { id }),
    ...(order !== undefined && { order }),
    reason,
  })
}
