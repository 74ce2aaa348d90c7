import { decimal, id, route, side, timestamp } from '../../contract/index.ts'
import { Array, Boolean, Enum, Integer, Object, Optional, String, Union, Literal, type Static } from 'typebox'

const seq = Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

export const ExchangeStatus = Object({
  /** All of them. */
  isEngineAvailable: Boolean(),
  /** `main` first. */
  engines: Array(Object({ shard: String(), isAvailable: Boolean(), seq: Optional(seq) })),
  followers: Array(Object({ name: String(), shard: String(), seq, lag: Optional(Integer()) })),
})
export type ExchangeStatus = Static<typeof ExchangeStatus>

export const showStatus = route({
  action: 'exchange.status.show',
  rest: 'GET /exchange/status',
  summary: 'Show how far settlement, market data and products are behind the engine',
  permission: 'exchange.status.read',
  params: Object({}, { additionalProperties: false }),
  result: ExchangeStatus,
  errors: [],
})

export const listOpenOrders = route({
  action: 'exchange.orders.listOpen',
  rest: 'GET /exchange/markets/:marketId/open-orders',
  summary: 'List who has open orders in a market, and how many',
  permission: 'exchange.orders.read',
  params: Object({ marketId: id }, { additionalProperties: false }),
  result: Object({
    seq,
    users: Array(Object({ userId: id, houseAccount: Optional(String()), orders: Integer() })),
  }),
  errors: ['exchange.market_not_found', 'exchange.engine_unavailable'],
})

const holder = String({ minLength: 8, maxLength: 64 })

export const createReservation = route({
  action: 'exchange.reservations.create',
  rest: 'POST /exchange/reservations',
  summary: 'Reserve a market, or renew your reservation',
  description:
    'House makers leave a reserved market. It ends after `leaseMs` unless the same `holder` — a secret you choose — asks again.',
  permission: 'exchange.reservations.manage',
  params: Object(
    { marketId: id, holder, leaseMs: Integer({ minimum: 1000, maximum: 600_000 }) },
    { additionalProperties: false },
  ),
  result: Object({ marketId: id, expiresAt: timestamp }),
  errors: ['exchange.market_not_found', 'exchange.market_already_reserved'],
})

export const releaseReservation = route({
  action: 'exchange.reservations.release',
  rest: 'POST /exchange/reservations/:marketId/release',
  summary: 'Give a reserved market back',
  permission: 'exchange.reservations.manage',
  params: Object({ marketId: id, holder }, { additionalProperties: false }),
  result: Object({ marketId: id }),
  errors: ['exchange.reservation_not_found'],
})

const houseName = String({ minLength: 1, maxLength: 60, pattern: '^[a-z0-9-]+$' })
const time = Optional(Integer({ minimum: 0, maximum: 8_640_000_000_000_000 }))
const clientOrderId = String({ minLength: 1, maxLength: 36 })

export const createHouseAccount = route({
  action: 'exchange.houseAccounts.create',
  rest: 'POST /exchange/house-accounts',
  summary: 'Make a house account, or add to its funding',
  description:
    'A flagged user, funded from `external:demo`. `funding` is what it shall have had in all; the answer is what it has now. ' +
    'With a market, both are of the spot wallet that pays for its orders.',
  permission: 'exchange.houseOrders.submit',
  params: Object(
    {
      name: houseName,
      funding: Array(Object({ assetId: id, amount: decimal }), { maxItems: 50 }),
      marketId: Optional(id),
    },
    { additionalProperties: false },
  ),
  result: Object({
    userId: id,
    balances: Array(Object({ assetId: id, available: decimal, held: decimal })),
  }),
  errors: ['exchange.asset_not_found', 'exchange.market_not_found', 'exchange.engine_unavailable'],
})

export const HouseOperation = Union([
  Object(
    {
      op: Literal('place'),
      account: houseName,
      side,
      type: Enum(['limit', 'market']),
      quantity: decimal,
      price: Optional(decimal),
      timeInForce: Optional(Enum(['GTC', 'IOC', 'FOK'])),
      isPostOnly: Optional(Boolean()),
      /** The market's minimum notional does not apply. */
      isAnyNotional: Optional(Boolean()),
      clientOrderId: Optional(clientOrderId),
      time,
    },
    { additionalProperties: false },
  ),
  Object(
    {
      op: Literal('cancel'),
      account: houseName,
      orderId: Optional(id),
      clientOrderId: Optional(clientOrderId),
      time,
    },
    { additionalProperties: false },
  ),
  Object({ op: Literal('cancelAll'), account: houseName, time }, { additionalProperties: false }),
])
export type HouseOperation = Static<typeof HouseOperation>

export const HouseOutcome = Object({
  seq,
  rejected: Optional(String()),
  orderId: Optional(id),
  leavesQuantity: Optional(decimal),
  canceled: Optional(Integer()),
  left: Optional(Integer()),
  trades: Array(Object({ tradeId: id, price: decimal, quantity: decimal })),
})
export type HouseOutcome = Static<typeof HouseOutcome>

export const submitHouseOrders = route({
  action: 'exchange.houseOrders.submit',
  rest: 'POST /exchange/house-orders',
  summary: 'Trade as house accounts, many orders at once',
  description:
    'The operations are applied in their order and answered one by one; a refused one does not stop the rest. ' +
    '`time` is the moment they carry, now when absent. `cancelAll` cancels up to 1,000 orders and says how many are left.',
  permission: 'exchange.houseOrders.submit',
  params: Object(
    { marketId: id, operations: Array(HouseOperation, { minItems: 1, maxItems: 2000 }) },
    { additionalProperties: false },
  ),
  result: Object({ outcomes: Array(HouseOutcome) }),
  errors: ['exchange.house_account_not_found', 'exchange.malformed_command', 'exchange.engine_unavailable'],
  idempotency: 'required',
})
