/** What can be asked of the engine, in the words of the NDJSON format, and the check that a line really is that. */
import { isDecimal } from './decimal.ts'

export type Side = 'buy' | 'sell'
export type TimeInForce = 'GTC' | 'IOC' | 'FOK'
export type MarketState = 'trading' | 'halted'

interface Sent {
  /** Idempotency key, 1 to 64 printable ASCII characters, private to the command's account. */
  readonly key?: string
  /** Milliseconds since 1970. Without it the engine's process stamps the command when it arrives. */
  readonly time?: number
}

/** Creates a market, or alters its fees, minimum notional and state; its assets, sizes and scales are for life. */
export interface MarketCommand extends Sent {
  readonly op: 'market'
  readonly market: string
  readonly base: string
  readonly quote: string
  readonly tickSize: string
  readonly lotSize: string
  readonly makerFeePpm: number
  readonly takerFeePpm: number
  readonly baseScale?: number
  readonly quoteScale?: number
  readonly notionalMin?: string
  readonly state?: MarketState
}

export interface TransferCommand extends Sent {
  readonly op: 'deposit' | 'withdraw'
  readonly account: number
  readonly asset: string
  readonly amount: string
  /** Deposits only: the decimals the asset has in the engine for life, for one that no market has named yet. */
  readonly scale?: number
}

interface PlaceCommand extends Sent {
  readonly op: 'place'
  readonly market: string
  readonly account: number
  /** The client's order id, 1 to 36 printable ASCII characters, unique among the account's open orders. */
  readonly id: string
  readonly side: Side
  readonly quantity: string
}

export interface PlaceLimitCommand extends PlaceCommand {
  readonly type: 'limit'
  readonly timeInForce: TimeInForce
  readonly price: string
  readonly postOnly?: boolean
  /** The market's minimum notional does not apply: a recorded market holds orders of any size. */
  readonly anyNotional?: boolean
}

export interface PlaceMarketCommand extends PlaceCommand {
  readonly type: 'market'
}

/** Names the order by the client's `id`, or by the number the engine gave it. */
export interface CancelCommand extends Sent {
  readonly op: 'cancel'
  readonly market: string
  readonly account: number
  readonly id?: string
  readonly order?: number
}

/** Cancels up to 1,000 orders of an account and says in its last event how many are left: repeat until none is. */
export interface CancelAllCommand extends Sent {
  readonly op: 'cancelAll'
  readonly account: number
  readonly market?: string
}

export type Command =
  MarketCommand | TransferCommand | PlaceLimitCommand | PlaceMarketCommand | CancelCommand | CancelAllCommand

/** The input is not a command at all: nothing is journalled and nothing is answered by the engine. */
export class MalformedCommand extends Error {
  override readonly name = 'MalformedCommand'
}

const printable = /^[\x21-\x7e]+$/
const accountMax = 2 ** 31 - 1

type Check = (value: unknown) => string | undefined

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
  (...words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value) ? undefined : `must be one of ${words.join(', ')}`

const decimal: Check = (value) =>
  typeof value === 'string' && isDecimal(value) ? undefined : 'must be a decimal string such as "0.01"'

const boolean: Check = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false')

interface Shape {
  readonly required: Readonly<Record<string, Check>>
  readonly optional: Readonly<Record<string, Check>>
}

const market = text(32)
const sent = { key: text(64), time: integer(0, 8_640_000_000_000_000) }
const transfer: Shape = {
  required: { account: integer(0, accountMax), asset: text(16), amount: decimal },
  optional: sent,
}
const account = integer(1, accountMax)
const placed = { market, account, id: text(36), side: oneOf('buy', 'sell'), quantity: decimal }

const shapes: Readonly<Record<string, Shape>> = {
  market: {
    required: {
      market,
      base: text(16),
      quote: text(16),
      tickSize: decimal,
      lotSize: decimal,
      makerFeePpm: integer(0, 1_000_000),
      takerFeePpm: integer(0, 1_000_000),
    },
    optional: {
      ...sent,
      baseScale: integer(0, 18),
      quoteScale: integer(0, 18),
      notionalMin: decimal,
      state: oneOf('trading', 'halted'),
    },
  },
  deposit: { ...transfer, optional: { ...sent, scale: integer(0, 18) } },
  withdraw: transfer,
  'place limit': {
    required: { ...placed, type: oneOf('limit'), timeInForce: oneOf('GTC', 'IOC', 'FOK'), price: decimal },
    optional: { ...sent, postOnly: boolean, anyNotional: boolean },
  },
  'place market': { required: { ...placed, type: oneOf('market') }, optional: sent },
  cancel: {
    required: { market, account },
    optional: { ...sent, id: text(36), order: integer(1, Number.MAX_SAFE_INTEGER) },
  },
  cancelAll: { required: { account }, optional: { ...sent, market } },
}

function shapeOf(fields: Readonly<Record<string, unknown>>): Shape {
  const { op, type } = fields
  if (op === 'place') {
    const shape = type === 'market' || type === 'limit' ? shapes[`place ${type}`] : undefined
    if (!shape) throw new MalformedCommand('type must be one of limit, market')
    return shape
  }
  const shape = typeof op === 'string' && Object.hasOwn(shapes, op) ? shapes[op] : undefined
  if (!shape)
    throw new MalformedCommand('op must be one of market, deposit, withdraw, place, cancel, cancelAll')
  return shape
}

/** Returns `value` as a command, or throws `MalformedCommand` with the first thing wrong, unknown fields included. */
export function checkCommand(value: unknown): Command {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedCommand('a command must be a JSON object')
  }
  const fields = value as Readonly<Record<string, unknown>>
  const { required, optional } = shapeOf(fields)
  for (const name in required) {
    const wrong = required[name]!(fields[name])
    if (wrong) throw new MalformedCommand(`${name} ${name in fields ? wrong : 'is missing'}`)
  }
  for (const name in fields) {
    if (name === 'op' || Object.hasOwn(required, name) || fields[name] === undefined) continue
    if (!Object.hasOwn(optional, name)) throw new MalformedCommand(`unknown field ${JSON.stringify(name)}`)
    const wrong = optional[name]!(fields[name])
    if (wrong) throw new MalformedCommand(`${name} ${wrong}`)
  }
  if (fields['op'] === 'cancel' && (fields['id'] === undefined) === (fields['order'] === undefined)) {
    throw new MalformedCommand('cancel names its order by id or by order, one of the two')
  }
  return value as Command
}
