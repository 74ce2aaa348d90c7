/** What the two legs of a pair must keep to, beside what every order does. */
import { draft } from './draft.ts'
import { codeOf } from '../messages/event.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import { orderTypes } from '../messages/records.ts'

const { i } = memory
const { LAST_PRICE, SELL } = layout
const LIMIT = orderTypes.indexOf('limit')

/** Whether the draft, the leg that profits or the one that stops a loss, is on its side of the last price. */
export function refusalOfLeg(isProfit: boolean): number {
  const last = i[draft.market + LAST_PRICE]!
  const price = isProfit && draft.type === LIMIT ? draft.price : draft.hasTrigger ? draft.trigger : 0
  if (last === 0 || price === 0) return 0
  const isAbove = isProfit === (draft.side === SELL)
  const isRight = isAbove ? price > last : price < last
  return isRight ? 0 : codeOf('list_prices_must_surround_last')
}
