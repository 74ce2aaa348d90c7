/** Cancels one order and places another in one step. */
import { endOf, partsAt } from '../messages/command-record.ts'
import { cancel, marketAt, place, rejectNotFound } from './order.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { i } = memory
const { COMMAND_HEAD, COMMAND_MARKET, FLAG_ALLOW_FAILURE, OP_REPLACE } = records

export function replace(at: number): void {
  if (marketAt(i[at + COMMAND_MARKET]!) === 0) return rejectNotFound(at, OP_REPLACE)
  const canceled = partsAt(i, at)
  const mayFail = ((i[at + COMMAND_HEAD]! >>> 24) & FLAG_ALLOW_FAILURE) !== 0
  if (cancel(canceled) || mayFail) place(endOf(i, canceled))
}
