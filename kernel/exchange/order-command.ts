import type { OrderName as EngineOrderName, PlaceTerms } from '@cambium/engine'
import { clientOrderIdFor, toEngineKey } from './engine-key.ts'
import type { KeyedCommand } from './engine-link.ts'
import type { OrderName, OrderTerms, OrderType } from './exchange.ts'
import { rejectionRefusal } from './refusals.ts'

const pricedTypes: ReadonlySet<OrderType> = new Set(['limit', 'stopLimit', 'takeProfitLimit'])
const waitingTypes: ReadonlySet<OrderType> = new Set(['stop', 'stopLimit', 'takeProfit', 'takeProfitLimit'])

/** What the kernel itself may add to an order. */
export type HouseTerms = OrderTerms & {
  readonly time?: number
  /** A limit order to which the market's notional filters do not apply. */
  readonly isAnyNotional?: boolean
}

/** Without the members that are undefined: the engine knows only those that are there. */
function present<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

/**
 * The order in the engine's words, each type with what it has and no more. Whether all it needs is there the engine
 * checks: the cast hands that question on.
 */
export function placeTerms(order: HouseTerms, id: string): PlaceTerms {
  const { side, type, quantity, quoteQuantity, selfTradePrevention } = order
  const { price, timeInForce = 'GTC', expiresAt, displayQuantity, isPostOnly, isAnyNotional } = order
  const { triggerPrice, trailingBips } = order
  const isLimit = type === 'limit'
  return present({
    id,
    side,
    type,
    quantity,
    selfTradePrevention,
    ...(type === 'market' ? { quoteQuantity } : {}),
    ...(pricedTypes.has(type) ? { price: price ?? '0', timeInForce, expiresAt, displayQuantity } : {}),
    ...(waitingTypes.has(type) ? { triggerPrice, trailingBips } : {}),
    ...(isLimit && isPostOnly ? { postOnly: true } : {}),
    ...(isLimit && isAnyNotional ? { anyNotional: true } : {}),
  }) as PlaceTerms
}

/** The id of the order, or of the `part`th order, that a request under this key makes without naming it. */
export function clientOrderId(
  { clientOrderId: given }: OrderTerms,
  { account, key, part = 0 }: { account: number; key: string; part?: number },
): string {
  return given ?? clientOrderIdFor(part === 0 ? `${account}:${key}` : `${account}:${key}\0${part}`)
}

export function placeCommand(
  { account, market, key }: { account: number; market: string; key: string },
  order: HouseTerms,
): KeyedCommand {
  const time = order.time === undefined ? {} : { time: order.time }
  const terms = placeTerms(order, clientOrderId(order, { account, key }))
  return { op: 'place', market, account, ...terms, key: toEngineKey(key), ...time }
}

/** Throws `exchange.order_not_found` for an id the platform never gave. */
export function engineName({ orderId, clientOrderId: id }: OrderName): EngineOrderName {
  if (orderId === undefined) return { id: id ?? '' }
  const order = Number(orderId)
  if (!Number.isSafeInteger(order) || order < 1) throw rejectionRefusal('order_not_found')({ orderId })
  return { order }
}
