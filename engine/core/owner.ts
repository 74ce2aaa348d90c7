/** Whose orders are whose: what self-trade prevention asks of two orders that meet. */
import { loadedState } from './state.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'

const { i } = memory
const { ACCOUNT, BASE_ROW, IS_GROUPED, ROW_ASSET } = layout

export function isOwn(taker: number, maker: number): boolean {
  return isOwnOf(i[taker + ACCOUNT]!, maker)
}

/** Accounts of one group are one owner; few makers are in any. */
export function isOwnOf(account: number, maker: number): boolean {
  if (i[maker + ACCOUNT] === account) return true
  if (!(i[i[maker + BASE_ROW]! + ROW_ASSET]! & IS_GROUPED)) return false
  const { accounts } = loadedState()
  return accounts.get(i[maker + ACCOUNT]!)?.tradeGroup === accounts.get(account)?.tradeGroup
}
