/** Cancels all orders of an account. */
import { nameOf } from '../messages/command-record.ts'
import { writeCanceledAll, writeRejected } from './event-record.ts'
import { cancelReasons, codeOf } from '../messages/event.ts'
import { cancelWithList } from './list.ts'
import { marketAt, rejectNotFound } from './order.ts'
import { marketOf } from './order-words.ts'
import { loadedState } from './state.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { i } = memory
const { FLAGS, IS_LISTED, LIST, ROW_HEAD, ROW_NEXT, SPECIAL, STATE } = layout
const { COMMAND_ACCOUNT, COMMAND_HEAD, COMMAND_MARKET, FLAG_DISCONNECT, OP_CANCEL_ALL, marketStates } =
  records

/** How many orders one command ends at most, beside those that end with the last of them. */
export const ENDED_MAX = 1000
const HALTED = marketStates.indexOf('halted')
const ALL = cancelReasons.indexOf('cancel_all')
const DISCONNECT = cancelReasons.indexOf('disconnect')

/** Asset by asset in the order the account came to have them, oldest order first. */
export function cancelAll(at: number): void {
  const account = i[at + COMMAND_ACCOUNT]!
  const index = i[at + COMMAND_MARKET]!
  const market = marketAt(index)
  if (market === 0 && (index >= 0 || nameOf(memory, at) !== '')) return rejectNotFound(at, OP_CANCEL_ALL)
  if (market !== 0 && i[market + STATE] === HALTED) {
    return writeRejected(at, OP_CANCEL_ALL, account, index, codeOf('market_halted'), '', 0)
  }
  const reason = (i[at + COMMAND_HEAD]! >>> 24) & FLAG_DISCONNECT ? DISCONNECT : ALL
  let canceled = 0
  let left = 0
  for (const row of loadedState().rowsByAccount.get(account) ?? []) {
    for (let order = i[row + ROW_HEAD]!; order !== row;) {
      let next = i[order + ROW_NEXT]!
      if (isMeant(order, market) && canceled < ENDED_MAX) {
        // Those of its list end with it, so the next that is still there is looked for before.
        while (next !== row && isOfSameList(order, next)) next = i[next + ROW_NEXT]!
        canceled += cancelWithList(order, reason)
      } else if (isMeant(order, market)) left++
      order = next
    }
  }
  writeCanceledAll(account, market === 0 ? -1 : index, canceled, left)
}

/** Without a market the orders of halted ones are passed over. */
function isMeant(order: number, market: number): boolean {
  return market === 0 ? i[marketOf(order) + STATE] !== HALTED : marketOf(order) === market
}

function isOfSameList(order: number, other: number): boolean {
  if (!(i[order + FLAGS]! & i[other + FLAGS]! & IS_LISTED)) return false
  return i[i[order + SPECIAL]! + LIST] === i[i[other + SPECIAL]! + LIST]
}
