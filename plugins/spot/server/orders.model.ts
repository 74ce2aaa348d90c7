import type { PluginKernel } from '@cambium/kernel'
import { subtractDecimals } from '../routes/market-rules.ts'
import type { Order, ReviewedOrder } from '../routes/orders.ts'
import { pageOfRows, plainDecimal, readCursor, timeOf } from './columns.ts'
import type { ProjectedOrder } from './order-projection.ts'

type Database = PluginKernel['database']

const ROWS_PER_STATEMENT = 250
/** What events after the acceptance may change. */
const changing = [
  'price',
  'quantity',
  'filled_quantity',
  'filled_notional',
  'prevented_quantity',
  'status',
  'reason',
  'seq',
  'updated_at_ms',
]

interface OrderRow {
  readonly id: string
  readonly client_order_id: string
  readonly market_id: string
  readonly user_id: string
  readonly side: Order['side']
  readonly type: Order['type']
  readonly time_in_force: Order['timeInForce']
  readonly is_post_only: number
  readonly price: string | null
  readonly quantity: string
  readonly filled_quantity: string
  readonly filled_notional: string
  readonly status: Order['status']
  readonly reason: string | null
  readonly quote_quantity: string | null
  readonly display_quantity: string | null
  readonly trigger_price: string | null
  readonly trailing_bips: number | null
  readonly expires_at_ms: string | null
  readonly list_id: string | null
  readonly prevented_quantity: string
  readonly accepted_seq: string
  readonly seq: string
  readonly created_at_ms: string
  readonly updated_at_ms: string
}

function decimalOrNull(text: string | null): string | null {
  return text === null ? null : plainDecimal(text)
}

function readOrder(row: OrderRow): ProjectedOrder {
  const quantity = plainDecimal(row.quantity)
  const filledQuantity = plainDecimal(row.filled_quantity)
  const preventedQuantity = plainDecimal(row.prevented_quantity)
  return {
    id: row.id,
    clientOrderId: row.client_order_id,
    marketId: row.market_id,
    userId: row.user_id,
    side: row.side,
    type: row.type,
    timeInForce: row.time_in_force,
    isPostOnly: row.is_post_only === 1,
    price: decimalOrNull(row.price),
    quantity,
    quoteQuantity: decimalOrNull(row.quote_quantity),
    displayQuantity: decimalOrNull(row.display_quantity),
    triggerPrice: decimalOrNull(row.trigger_price),
    trailingBips: row.trailing_bips,
    expiresAt: row.expires_at_ms === null ? null : timeOf(row.expires_at_ms),
    listId: row.list_id,
    filledQuantity,
    leavesQuantity: subtractDecimals(subtractDecimals(quantity, filledQuantity), preventedQuantity),
    preventedQuantity,
    filledNotional: plainDecimal(row.filled_notional),
    status: row.status,
    reason: row.reason,
    acceptedSeq: Number(row.accepted_seq),
    seq: Number(row.seq),
    createdAt: timeOf(row.created_at_ms),
    updatedAt: timeOf(row.updated_at_ms),
  }
}

function orderColumns(order: ProjectedOrder): Omit<OrderRow, 'is_post_only'> & { is_post_only: boolean } {
  return {
    id: order.id,
    client_order_id: order.clientOrderId,
    market_id: order.marketId,
    user_id: order.userId,
    side: order.side,
    type: order.type,
    time_in_force: order.timeInForce,
    is_post_only: order.isPostOnly,
    price: order.price,
    quantity: order.quantity,
    filled_quantity: order.filledQuantity,
    filled_notional: order.filledNotional,
    status: order.status,
    reason: order.reason,
    quote_quantity: order.quoteQuantity,
    display_quantity: order.displayQuantity,
    trigger_price: order.triggerPrice,
    trailing_bips: order.trailingBips,
    expires_at_ms: order.expiresAt === null ? null : String(Date.parse(order.expiresAt)),
    list_id: order.listId,
    prevented_quantity: order.preventedQuantity,
    accepted_seq: String(order.acceptedSeq),
    seq: String(order.seq),
    created_at_ms: String(Date.parse(order.createdAt)),
    updated_at_ms: String(Date.parse(order.updatedAt)),
  }
}

export async function findOrder(database: Database, orderId: string): Promise<ProjectedOrder | null> {
  const row = await database<OrderRow>('spot_orders').where({ id: orderId }).first()
  return row === undefined ? null : readOrder(row as OrderRow)
}

/** Reads orders to change them: nobody else may until the transaction ends. */
export async function lockOrders(
  trx: Database,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, ProjectedOrder>> {
  const orders = new Map<string, ProjectedOrder>()
  for (let start = 0; start < orderIds.length; start += ROWS_PER_STATEMENT) {
    const some = orderIds.slice(start, start + ROWS_PER_STATEMENT)
    const rows = (await trx('spot_orders').whereIn('id', some).forUpdate()) as OrderRow[]
    for (const row of rows) orders.set(row.id, readOrder(row))
  }
  return orders
}

export async function saveOrders(trx: Database, orders: readonly ProjectedOrder[]): Promise<void> {
  for (let start = 0; start < orders.length; start += ROWS_PER_STATEMENT) {
    await trx('spot_orders')
      .insert(orders.slice(start, start + ROWS_PER_STATEMENT).map(orderColumns))
      .onConflict('id')
      .merge(changing)
  }
}

export interface OrderFilter {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly userId?: string | undefined
  readonly marketId?: string | undefined
  readonly status?: Order['status'] | undefined
  readonly state?: 'open' | 'closed' | undefined
}

/** Orders, newest first. */
export async function pageOfOrders(
  database: Database,
  filter: OrderFilter,
): Promise<{ items: ProjectedOrder[]; nextCursor?: string }> {
  const before = readCursor(filter.cursor)
  const query = database('spot_orders')
    .orderBy('accepted_seq', 'desc')
    .limit(filter.limit + 1)
  if (before !== null) query.where('accepted_seq', '<', before)
  if (filter.userId !== undefined) query.where('user_id', filter.userId)
  if (filter.marketId !== undefined) query.where('market_id', filter.marketId)
  if (filter.status !== undefined) query.where('status', filter.status)
  if (filter.state === 'open') query.where('is_open', 1)
  if (filter.state === 'closed') query.whereNull('is_open')
  const rows = (await query) as OrderRow[]
  return pageOfRows(rows.map(readOrder), filter.limit, (order) => order.acceptedSeq)
}

/** Whether a user ever placed an order, whatever became of it. */
export async function hasOrdered(database: Database, userId: string): Promise<boolean> {
  return (await database('spot_orders').where({ user_id: userId }).first('id')) !== undefined
}

export async function countOpenOrders(database: Database): Promise<ReadonlyMap<string, number>> {
  const rows = (await database('spot_orders')
    .where('is_open', 1)
    .groupBy('market_id')
    .select('market_id')
    .count({ orders: '*' })) as { market_id: string; orders: string | number }[]
  return new Map(rows.map((row) => [row.market_id, Number(row.orders)]))
}

/** What the owner of an order sees of it. */
export function ownOrder({ userId: _user, acceptedSeq: _seq, ...order }: ProjectedOrder): Order {
  return order
}

export function reviewedOrder({ acceptedSeq: _seq, ...order }: ProjectedOrder): ReviewedOrder {
  return order
}
