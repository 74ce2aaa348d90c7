import type { GridColumn, ListColumn } from '@cambium/ui'
import type { Fill, Order } from '../routes/orders.ts'

type Translate = (key: string) => string

const clocks = new Map<string, Intl.DateTimeFormat>()

/** To the second, in the reader's own time zone; a list asks for it in every row. */
export function momentText(time: number | string, locale: string): string {
  const clock =
    clocks.get(locale) ??
    new Intl.DateTimeFormat(locale, {
      month: 'short',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    })
  clocks.set(locale, clock)
  return clock.format(new Date(time))
}

export function orderTypeLabel(t: Translate, type: Order['type']): string {
  const labels: Readonly<Record<Order['type'], string>> = {
    limit: t('orders.types.limit'),
    market: t('orders.types.market'),
    stop: t('orders.types.stop'),
    stopLimit: t('orders.types.stopLimit'),
    takeProfit: t('orders.types.takeProfit'),
    takeProfitLimit: t('orders.types.takeProfitLimit'),
  }
  return labels[type]
}

export type OrderColumn =
  'time' | 'market' | 'side' | 'type' | 'price' | 'quantity' | 'filled' | 'notional' | 'status' | 'cancel'

type OrderListColumn = GridColumn<Order> & ListColumn<Order>

type OrderColumns = Readonly<Partial<Record<OrderColumn, OrderListColumn>>>

/** The asked-for columns of a list of orders, in the order asked. */
export function orderColumns(
  t: Translate,
  locale: string,
  ids: readonly OrderColumn[],
): readonly OrderListColumn[] {
  const columns: OrderColumns = { ...factColumns(t, locale), ...figureColumns(t) }
  return ids.flatMap((id) => columns[id] ?? [])
}

function factColumns(t: Translate, locale: string): OrderColumns {
  return {
    time: {
      id: 'time',
      label: t('orders.columns.time'),
      width: '112px',
      value: (order) => momentText(order.createdAt, locale),
    },
    market: {
      id: 'market',
      label: t('orders.columns.market'),
      width: '84px',
      value: (order) => order.marketId,
      card: 'head',
    },
    side: {
      id: 'side',
      label: t('orders.columns.side'),
      width: '68px',
      value: (order) => order.side,
      card: 'head',
    },
    type: {
      id: 'type',
      label: t('orders.columns.type'),
      width: '64px',
      value: (order) => orderTypeLabel(t, order.type),
    },
    status: {
      id: 'status',
      label: t('orders.columns.status'),
      width: '104px',
      value: (order) => order.status,
      card: 'tail',
    },
    cancel: { id: 'cancel', label: '', width: '60px', align: 'end', value: () => '' },
  }
}

function figureColumns(t: Translate): OrderColumns {
  return {
    price: {
      id: 'price',
      label: t('orders.columns.price'),
      width: 'minmax(72px, 1fr)',
      align: 'end',
      value: (order) => order.price ?? t('orders.types.market'),
    },
    quantity: {
      id: 'quantity',
      label: t('orders.columns.quantity'),
      width: 'minmax(64px, 1fr)',
      align: 'end',
      value: (order) => order.quantity,
    },
    filled: {
      id: 'filled',
      label: t('orders.columns.filled'),
      width: 'minmax(64px, 1fr)',
      align: 'end',
      value: (order) => order.filledQuantity,
    },
    notional: {
      id: 'notional',
      label: t('orders.columns.notional'),
      width: 'minmax(88px, 1fr)',
      align: 'end',
      value: (order) => order.filledNotional,
    },
  }
}

export function fillColumns(t: Translate, locale: string): readonly ListColumn<Fill>[] {
  return [
    {
      id: 'time',
      label: t('orders.columns.time'),
      value: (fill) => momentText(fill.time, locale),
      card: 'tail',
    },
    { id: 'market', label: t('orders.columns.market'), value: (fill) => fill.marketId, card: 'head' },
    { id: 'side', label: t('orders.columns.side'), value: (fill) => fill.side, card: 'head' },
    { id: 'price', label: t('orders.columns.price'), align: 'end', value: (fill) => fill.price },
    { id: 'quantity', label: t('orders.columns.quantity'), align: 'end', value: (fill) => fill.quantity },
    {
      id: 'fee',
      label: t('orders.columns.fee'),
      align: 'end',
      value: (fill) => `${fill.fee} ${fill.feeAssetId}`,
    },
    { id: 'role', label: t('orders.columns.role'), value: (fill) => fill.role },
  ]
}
