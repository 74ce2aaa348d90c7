/** The check that a value from outside really is a command, with a sentence for the first thing wrong in it. */
import type { Command } from './command.ts'
import { isDecimal } from './decimal.ts'
import { listKinds, marketStates, ops, orderTypes, preventions, timesInForce } from './records.ts'

/** The input is not a command at all: nothing is journalled and nothing is answered by the engine. */
export class MalformedCommand extends Error {
  override readonly name = 'MalformedCommand'
}

type Fields = Readonly<Record<string, unknown>>
/** What is wrong with a value, said after its name; undefined when nothing is. */
type Check = (value: unknown) => string | undefined

const printable = /^[\x21-\x7e]+$/
const INT32_MAX = 2 ** 31 - 1

const text =
  (lengthMax: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= lengthMax && printable.test(value)
      ? undefined
      : `must be 1 to ${lengthMax} printable ASCII characters`

const integer =
  (min: number, max: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `must be an integer from ${min} to ${max}`

const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value) ? undefined : `must be one of ${words.join(', ')}`

const decimal: Check = (value) =>
  typeof value === 'string' && isDecimal(value) ? undefined : 'must be a decimal string such as "0.01"'

const boolean: Check = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false')

const preventionSet: Check = (value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((mode) => preventions.includes(mode as never)) &&
  new Set(value).size === value.length
    ? undefined
    : `must be a list of different ones of ${preventions.join(', ')}`

interface Shape {
  readonly required: Readonly<Record<string, Check>>
  readonly optional: Readonly<Record<string, Check>>
}

const market = text(32)
const asset = text(16)
const account = integer(1, INT32_MAX)
const anyAccount = integer(0, INT32_MAX)
const ppm = integer(0, 1_000_000)
const limit = integer(0, INT32_MAX)
const bips = integer(0, 10_000)
const time = integer(0, 8_640_000_000_000_000)
const number = integer(1, Number.MAX_SAFE_INTEGER)
const id = text(36)
const sent = { key: text(64), time }
const ofMarket = { market, account }
const money: Shape = { required: { account: anyAccount, asset, amount: decimal }, optional: sent }

const filters = {
  priceMin: decimal,
  priceMax: decimal,
  quantityMin: decimal,
  quantityMax: decimal,
  marketQuantityMin: decimal,
  marketQuantityMax: decimal,
  notionalMin: decimal,
  notionalMax: decimal,
  // A thousand times the last price is no band any more.
  bandUpPpm: integer(0, 1_000_000_000),
  bandDownPpm: ppm,
  ordersMax: limit,
  triggerOrdersMax: limit,
  icebergOrdersMax: limit,
  icebergPartsMax: limit,
  trailingBipsMin: bips,
  trailingBipsMax: bips,
  positionMax: decimal,
}

const shapes: Readonly<Record<Exclude<Command['op'], 'place'>, Shape>> = {
  market: {
    required: {
      market,
      base: asset,
      quote: asset,
      tickSize: decimal,
      lotSize: decimal,
      makerFeePpm: ppm,
      takerFeePpm: ppm,
    },
    optional: {
      ...sent,
      baseScale: integer(0, 18),
      quoteScale: integer(0, 18),
      state: oneOf(marketStates),
      ...filters,
      selfTradePrevention: oneOf(preventions),
      selfTradePreventions: preventionSet,
    },
  },
  deposit: { ...money, optional: { ...sent, scale: integer(0, 18) } },
  withdraw: money,
  transfer: { required: { from: anyAccount, to: anyAccount, asset, amount: decimal }, optional: sent },
  account: {
    required: { account },
    optional: { ...sent, feeTier: integer(0, 15), tradeGroup: limit, discount: boolean },
  },
  feeTier: {
    required: { tier: integer(1, 15), makerFeePpm: ppm, takerFeePpm: ppm },
    optional: { ...sent, market },
  },
  discount: { required: { feeAsset: asset, asset, rate: decimal, discountPpm: ppm }, optional: sent },
  guard: { required: { account, session: integer(0, Number.MAX_SAFE_INTEGER) }, optional: sent },
  cancel: { required: ofMarket, optional: { ...sent, id, order: number } },
  cancelAll: {
    required: { account },
    optional: { ...sent, market, reason: oneOf(['cancel_all', 'disconnect']) },
  },
  placeList: { required: { ...ofMarket, id, kind: oneOf(listKinds), orders: listed }, optional: sent },
  cancelList: { required: { ...ofMarket, id }, optional: sent },
  amend: {
    required: ofMarket,
    optional: { ...sent, id, order: number, price: decimal, quantity: decimal },
  },
  replace: {
    required: { ...ofMarket, cancel: object, mode: oneOf(['stopOnFailure', 'allowFailure']), place: object },
    optional: sent,
  },
  clock: { required: { time }, optional: { key: text(64) } },
}

const terms = { id, side: oneOf(['buy', 'sell']), type: oneOf(orderTypes) }
const someTerms = { selfTradePrevention: oneOf(preventions) }
const resting = { price: decimal, timeInForce: oneOf(timesInForce) }
const someResting = { expiresAt: time, displayQuantity: decimal }
const someTriggered = { triggerPrice: decimal, trailingBips: integer(1, 10_000) }
const stop: Shape = {
  required: { ...terms, quantity: decimal },
  optional: { ...someTerms, ...someTriggered },
}
const stopLimit: Shape = {
  required: { ...terms, quantity: decimal, ...resting },
  optional: { ...someTerms, ...someTriggered, ...someResting },
}

const orderShapes: Readonly<Record<(typeof orderTypes)[number], Shape>> = {
  limit: {
    required: { ...terms, quantity: decimal, ...resting },
    optional: { ...someTerms, ...someResting, postOnly: boolean, anyNotional: boolean },
  },
  market: { required: terms, optional: { ...someTerms, quantity: decimal, quoteQuantity: decimal } },
  stop,
  stopLimit,
  takeProfit: stop,
  takeProfitLimit: stopLimit,
}

function object(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? undefined
    : 'must be a JSON object'
}

function listed(value: unknown): string | undefined {
  return Array.isArray(value) && (value.length === 2 || value.length === 3) && !value.some(object)
    ? undefined
    : 'must be a list of two or three orders'
}

/** `within` stands before the names of fields: empty, or such as `orders[1].`. */
function checkShape(fields: Fields, { required, optional }: Shape, within: string): void {
  for (const name in required) {
    const wrong = required[name]!(fields[name])
    if (wrong) throw new MalformedCommand(`${within}${name} ${name in fields ? wrong : 'is missing'}`)
  }
  for (const name in fields) {
    if (Object.hasOwn(required, name) || fields[name] === undefined) continue
    if (!Object.hasOwn(optional, name))
      throw new MalformedCommand(`unknown field ${JSON.stringify(`${within}${name}`)}`)
    const wrong = optional[name]!(fields[name])
    if (wrong) throw new MalformedCommand(`${within}${name} ${wrong}`)
  }
}

function isOneOfTwo(fields: Fields, one: string, other: string): boolean {
  return (fields[one] === undefined) !== (fields[other] === undefined)
}

function checkName(fields: Fields, within: string): void {
  if (isOneOfTwo(fields, 'id', 'order')) return
  throw new MalformedCommand(`${within} names its order by id or by order, one of the two`)
}

function checkOrder(fields: Fields, outer: Shape['required'], within: string): void {
  const wrong = terms.type(fields['type'])
  if (wrong) throw new MalformedCommand(`${within}type ${'type' in fields ? wrong : 'is missing'}`)
  const type = fields['type'] as (typeof orderTypes)[number]
  const { required, optional } = orderShapes[type]
  const isAlone = 'op' in outer
  checkShape(
    fields,
    { required: { ...outer, ...required }, optional: isAlone ? { ...sent, ...optional } : optional },
    within,
  )
  if (type === 'market' && !isOneOfTwo(fields, 'quantity', 'quoteQuantity'))
    throw new MalformedCommand(`${within}quantity or ${within}quoteQuantity must be there, one of the two`)
  if ((fields['timeInForce'] === 'GTD') !== (fields['expiresAt'] !== undefined))
    throw new MalformedCommand(`${within}expiresAt must be there when timeInForce is GTD, and only then`)
  const isTriggered = type !== 'limit' && type !== 'market'
  if (isTriggered && fields['triggerPrice'] === undefined && fields['trailingBips'] === undefined)
    throw new MalformedCommand(`${within}triggerPrice or ${within}trailingBips must be there`)
}

const checkOp = oneOf(ops.slice(1))

/** Returns `value` as a command, or throws `MalformedCommand` with the first thing wrong, unknown fields included. */
export function checkCommand(value: unknown): Command {
  if (object(value)) throw new MalformedCommand('a command must be a JSON object')
  const fields = value as Fields
  const wrong = checkOp(fields['op'])
  if (wrong) throw new MalformedCommand(`op ${'op' in fields ? wrong : 'is missing'}`)
  const op = fields['op'] as Command['op']
  if (op === 'place') {
    checkOrder(fields, { op: checkOp, ...ofMarket }, '')
    return value as Command
  }
  const { required, optional } = shapes[op]
  checkShape(fields, { required: { op: checkOp, ...required }, optional }, '')
  if (op === 'cancel' || op === 'amend') checkName(fields, op)
  if (op === 'amend' && fields['price'] === undefined && fields['quantity'] === undefined)
    throw new MalformedCommand('price or quantity must be there')
  if (op === 'placeList')
    for (const [n, order] of (fields['orders'] as Fields[]).entries()) checkOrder(order, {}, `orders[${n}].`)
  if (op === 'replace') {
    const name = fields['cancel'] as Fields
    checkShape(name, { required: {}, optional: { id, order: number } }, 'cancel.')
    checkName(name, 'cancel')
    checkOrder(fields['place'] as Fields, {}, 'place.')
  }
  return value as Command
}
