/** What an account may have in one market: how many orders, and how much of the base asset. Zero says that it may. */
import { draft, timeInForce, waitsForTrigger } from './draft.ts'
import { codeOf } from '../messages/event.ts'
import { refusalOfBand } from './filters.ts'
import { findRow } from './balance.ts'
import { marketOf, PENDING, statusOf, WAITING } from './order-words.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { f, i } = memory
const {
  AVAILABLE,
  BASE_ASSET,
  BASE_UNIT,
  BUY,
  FLAGS,
  HELD,
  ICEBERG_ORDERS_MAX,
  IS_ICEBERG,
  LEAVES,
  ORDERS_MAX,
  POSITION_MAX,
  QUOTE_ASSET,
  ROW_HEAD,
  ROW_NEXT,
  TRIGGER_ORDERS_MAX,
} = layout
const { FLAG_MARKET, timesInForce } = records

const GTC = timesInForce.indexOf('GTC')
const GTD = timesInForce.indexOf('GTD')

/** Orders that are not in the engine yet but come before the one that is checked. */
export const before = { orders: 0, waiting: 0, icebergs: 0 }

export function clearBefore(): void {
  before.orders = 0
  before.waiting = 0
  before.icebergs = 0
}

/** Counts the draft among those that come before the next one. */
export function addToBefore(isPending: boolean): void {
  before.orders++
  if (isPending) return
  if (waitsForTrigger()) before.waiting++
  if (draft.isIceberg) before.icebergs++
}

export function refusalOfLimits(self: number): number {
  return refusalOfBand() || refusalOfCount(self, false) || refusalOfPosition(self)
}

const count = { orders: 0, waiting: 0, icebergs: 0 }

function countOrders(row: number, self: number): void {
  if (row === 0) return
  for (let order = i[row + ROW_HEAD]!; order !== row; order = i[order + ROW_NEXT]!) {
    if (order === self || marketOf(order) !== draft.market) continue
    count.orders++
    const status = statusOf(order)
    if (status === WAITING) count.waiting++
    if (status !== PENDING && i[order + FLAGS]! & IS_ICEBERG) count.icebergs++
  }
}

/** `self` is the order when it is in the engine already, and is not counted twice. A pending one counts as an order only. */
export function refusalOfCount(self: number, isPending: boolean): number {
  const { market, account } = draft
  const ordersMax = i[market + ORDERS_MAX]!
  const waitingMax = i[market + TRIGGER_ORDERS_MAX]!
  const icebergsMax = i[market + ICEBERG_ORDERS_MAX]!
  if ((ordersMax | waitingMax | icebergsMax) === 0) return 0
  const isResting = !(draft.flags & FLAG_MARKET) && (timeInForce() === GTC || timeInForce() === GTD)
  if (!isResting && !waitsForTrigger() && !isPending) return 0
  count.orders = before.orders + 1
  count.waiting = before.waiting + 1
  count.icebergs = before.icebergs + 1
  countOrders(findRow(account, i[market + BASE_ASSET]!), self)
  countOrders(findRow(account, i[market + QUOTE_ASSET]!), self)
  // Those of a list that are pending in the engine are counted there.
  if (self !== 0) count.orders -= before.orders
  if (ordersMax !== 0 && count.orders > ordersMax) return codeOf('orders_above_max')
  if (isPending) return 0
  if (waitsForTrigger() && waitingMax !== 0 && count.waiting > waitingMax) {
    return codeOf('trigger_orders_above_max')
  }
  const isOver = draft.isIceberg && icebergsMax !== 0 && count.icebergs > icebergsMax
  return isOver ? codeOf('iceberg_orders_above_max') : 0
}

/** What the account has of the base asset, and what its buys would add. */
export function refusalOfPosition(self: number): number {
  const { market, account } = draft
  const max = f[(market + POSITION_MAX) >> 1]!
  if (max === 0 || draft.side !== BUY || draft.isByQuote) return 0
  const unit = f[(market + BASE_UNIT) >> 1]!
  const row = findRow(account, i[market + BASE_ASSET]!)
  let position = draft.leaves * unit
  if (row !== 0) position += f[(row + AVAILABLE) >> 1]! + f[(row + HELD) >> 1]!
  const quoteRow = findRow(account, i[market + QUOTE_ASSET]!)
  if (quoteRow === 0) return position > max ? codeOf('position_above_max') : 0
  for (
    let order = i[quoteRow + ROW_HEAD]!;
    order !== quoteRow && position <= max;
    order = i[order + ROW_NEXT]!
  ) {
    const isCounted = order !== self && statusOf(order) !== PENDING && marketOf(order) === market
    if (isCounted) position += f[(order + LEAVES) >> 1]! * unit
  }
  return position > max ? codeOf('position_above_max') : 0
}
