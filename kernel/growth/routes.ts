import { Array, Integer, Object, Optional, String, type Static } from 'typebox'
import { decimal, id, route } from '../contract/index.ts'

const strict = { additionalProperties: false }
const days = Optional(
  Integer({ minimum: 7, maximum: 90, description: 'How many, today included; 30 unless said.' }),
)
const date = String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'A day in UTC.' })

export const UserDay = Object({ date, registrations: Integer(), active: Integer() })
export type UserDay = Static<typeof UserDay>

export const showUserGrowth = route({
  action: 'growth.users.show',
  rest: 'GET /growth/users',
  summary: 'Registrations and active users by day, with the period before',
  permission: 'growth.figures.read',
  params: Object({ days }, strict),
  result: Object({ items: Array(UserDay), before: Array(UserDay) }),
  errors: [],
})

export const RevenueProduct = Object({
  productId: id,
  values: Array(decimal, { description: 'By day, in the order of `dates`.' }),
  before: Array(decimal),
  total: decimal,
  totalBefore: decimal,
})
export type RevenueProduct = Static<typeof RevenueProduct>

export const showRevenue = route({
  action: 'growth.revenue.show',
  rest: 'GET /growth/revenue',
  summary: 'Fees by product and day, with the period before',
  description: 'What came into the fee accounts, at the prices of now.',
  permission: 'growth.figures.read',
  params: Object({ days }, strict),
  result: Object({
    quoteAssetId: id,
    dates: Array(date),
    products: Array(RevenueProduct),
    unpriced: Array(id, { description: 'Assets with fees that nobody knows a price of: not counted.' }),
  }),
  errors: [],
})
