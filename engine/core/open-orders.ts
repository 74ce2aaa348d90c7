/** Orders and lists as they are read. */
import { formatUnits } from '../messages/decimal.ts'
import { readText } from '../messages/command-record.ts'
import { formatPrice, formatQuantity, type Market } from '../messages/market.ts'
import { isTriggered, marketOf, OPEN, PENDING, sideOf, statusOf, typeOf, WAITING } from './order-words.ts'
import { levelsOf, type OpenList, type OpenOrder } from './reads.ts'
import type { EngineState } from './state.ts'
import * as layout from './layout.ts'
import * as records from '../messages/records.ts'

const {
  ACCOUNT,
  BUY,
  DISPLAY,
  EXPIRES_AT,
  EXTREME,
  FLAGS,
  HAS_TRIGGER_PRICE,
  HEAD,
  ID_BYTES,
  ID_LENGTH_SHIFT,
  IS_ACTIVE,
  IS_BY_QUOTE,
  IS_ICEBERG,
  IS_LISTED,
  IS_PREVENTED,
  IS_SPECIAL,
  LEAVES,
  LIST,
  LIST_ACCOUNT,
  LIST_HEAD,
  LIST_ID_BYTES,
  LIST_ID_LENGTH,
  LIST_KIND,
  LIST_MARKET,
  LIST_NEXT,
  LIST_NUMBER,
  MARKET_INDEX,
  NEXT,
  ORDER_ID,
  PREVENTED,
  PREVENTION_SHIFT,
  PRICE,
  QUANTITY,
  QUOTE_LEFT,
  ROW_HEAD,
  ROW_NEXT,
  SELL,
  SHOWN,
  SPECIAL,
  SPECIAL_ORDER,
  TRAILING_BIPS,
  TRIGGER_PRICE,
} = layout
const { FLAG_ANY_NOTIONAL, FLAG_MARKET, FLAG_POST_ONLY, TIF_SHIFT, listKinds, openStatuses } = records

function describeOrder(s: EngineState, order: number): OpenOrder {
  const { i, f } = s
  const flags = i[order + FLAGS]!
  const market = s.markets[i[marketOf(order) + MARKET_INDEX]!]!
  const isOpen = statusOf(order) === OPEN
  const shown = { shown: formatQuantity(market, f[(order + SHOWN) >> 1]!) }
  return {
    order: f[(order + ORDER_ID) >> 1]!,
    id: readText(s.b, (order + ID_BYTES) * 4, flags >>> ID_LENGTH_SHIFT),
    market: market.terms.market,
    account: i[order + ACCOUNT]!,
    side: sideOf(order) === SELL ? 'sell' : 'buy',
    status: openStatuses[statusOf(order)]!,
    type: records.orderTypes[typeOf(order)]!,
    ...(!(flags & FLAG_MARKET) && {
      timeInForce: records.timesInForce[(flags >> TIF_SHIFT) & 3]!,
      price: formatPrice(market, i[order + PRICE]!),
    }),
    quantity: formatQuantity(market, f[(order + QUANTITY) >> 1]!),
    leaves: formatQuantity(market, f[(order + LEAVES) >> 1]!),
    prevented: flags & IS_PREVENTED ? formatQuantity(market, f[(order + PREVENTED) >> 1]!) : '0',
    ...(flags & IS_ICEBERG && {
      displayQuantity: formatQuantity(market, f[(order + DISPLAY) >> 1]!),
      ...(isOpen && shown),
    }),
    postOnly: (flags & FLAG_POST_ONLY) !== 0,
    anyNotional: (flags & FLAG_ANY_NOTIONAL) !== 0,
    selfTradePrevention: records.preventions[(flags >>> PREVENTION_SHIFT) & 7]!,
    ...(flags & IS_SPECIAL && describeSpecial(s, order, market)),
  }
}

function describeSpecial({ i, f }: EngineState, order: number, market: Market): Partial<OpenOrder> {
  const special = i[order + SPECIAL]!
  const bips = i[special + TRAILING_BIPS]!
  const extreme = i[special + EXTREME]!
  const expiresAt = f[(special + EXPIRES_AT) >> 1]!
  const isTrailing = bips !== 0 && statusOf(order) === WAITING
  const isByQuote = (i[order + FLAGS]! & IS_BY_QUOTE) !== 0
  const list = i[order + FLAGS]! & IS_LISTED ? i[special + LIST]! : 0
  return {
    ...(isByQuote && {
      quoteQuantity: formatUnits(f[(special + QUOTE_LEFT) >> 1]!, market.terms.quoteScale),
    }),
    ...(isTriggered(typeOf(order)) &&
      i[special + HAS_TRIGGER_PRICE] !== 0 && {
        triggerPrice: formatPrice(market, i[special + TRIGGER_PRICE]!),
      }),
    ...(bips !== 0 && { trailingBips: bips }),
    ...(isTrailing && { isActive: i[special + IS_ACTIVE] !== 0 }),
    ...(isTrailing && extreme !== 0 && { extreme: formatPrice(market, extreme) }),
    ...(expiresAt > 0 && { expiresAt }),
    ...(list !== 0 && { list: f[(list + LIST_NUMBER) >> 1]! }),
  }
}

/** Every order of an account, in no order of its own. */
function* ordersOf({ i, rowsByAccount }: EngineState, account: number): Generator<number> {
  for (const row of rowsByAccount.get(account) ?? []) {
    for (let order = i[row + ROW_HEAD]!; order !== row; order = i[order + ROW_NEXT]!) yield order
  }
}

/** One account's, oldest first; or all: the open ones market by market as they would trade, the others by number. */
export function readOpenOrders(s: EngineState, account?: number, market?: string): OpenOrder[] {
  const { i } = s
  const isAsked = (order: number): boolean =>
    market === undefined || s.markets[i[marketOf(order) + MARKET_INDEX]!]!.terms.market === market
  const byNumber = (a: OpenOrder, b: OpenOrder): number => a.order - b.order
  const describe = (order: number): OpenOrder => describeOrder(s, order)
  if (account !== undefined)
    return ordersOf(s, account).filter(isAsked).map(describe).toArray().sort(byNumber)
  const orders: OpenOrder[] = []
  for (const { index, terms } of s.markets) {
    if (market !== undefined && terms.market !== market) continue
    for (const side of [BUY, SELL]) {
      for (const level of levelsOf(s, index, side)) {
        for (let order = i[level + HEAD]!; order !== level; order = i[order + NEXT]!)
          orders.push(describe(order))
      }
    }
  }
  const others: OpenOrder[][] = [[], []]
  for (const owner of s.rowsByAccount.keys()) {
    for (const order of ordersOf(s, owner).filter(isAsked)) {
      if (statusOf(order) === WAITING) others[0]!.push(describe(order))
      else if (statusOf(order) === PENDING) others[1]!.push(describe(order))
    }
  }
  return [...orders, ...others.flatMap((found) => found.sort(byNumber))]
}

/** By number. */
export function readLists(s: EngineState, account?: number): OpenList[] {
  const { i } = s
  const lists = new Set<number>()
  for (const owner of account === undefined ? s.rowsByAccount.keys() : [account]) {
    for (const order of ordersOf(s, owner)) {
      if (i[order + FLAGS]! & IS_LISTED) lists.add(i[i[order + SPECIAL]! + LIST]!)
    }
  }
  return [...lists].map((list) => describeList(s, list)).sort((a, b) => a.list - b.list)
}

function describeList({ i, f, b, markets }: EngineState, list: number): OpenList {
  const orders: number[] = []
  for (let special = i[list + LIST_HEAD]!; special !== 0; special = i[special + LIST_NEXT]!) {
    orders.push(f[(i[special + SPECIAL_ORDER]! + ORDER_ID) >> 1]!)
  }
  return {
    list: f[(list + LIST_NUMBER) >> 1]!,
    id: readText(b, (list + LIST_ID_BYTES) * 4, i[list + LIST_ID_LENGTH]!),
    market: markets[i[i[list + LIST_MARKET]! + MARKET_INDEX]!]!.terms.market,
    account: i[list + LIST_ACCOUNT]!,
    kind: listKinds[i[list + LIST_KIND]!]!,
    orders,
  }
}
