import type { GridColumn } from '@cambium/ui'
import type { Fill, Order } from '../routes/orders.ts'

type Translate = (key: string) => string

const clock = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

export function momentText(time: string): string {
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

/** The asked-for columns of a list of orders, in the order asked. */
export function orderColumns(t: Translate, ids: readonly OrderColumn[]): readonly GridColumn<Order>[] {
  const columns: Readonly<Record<OrderColumn, GridColumn<Order>>> = {
    time: {
      id: 'time',
      label: t('orders.columns.time'),
      width: '112px',
      value: (order) => momentText(order.createdAt),
    },
    market: {
      id: 'market',
      label: t('orders.columns.market'),
      width: '84px',
      value: (order) => order.marketId,
    },
    side: { id: 'side', label: t('orders.columns.side'), width: '44px', value: (order) => order.side },
    type: {
      id: 'type',
      label: t('orders.columns.type'),
      width: '64px',
      value: (order) => orderTypeLabel(t, order.type),
    },
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
    status: {
      id: 'status',
      label: t('orders.columns.status'),
      width: '104px',
      value: (order) => order.status,
    },
    cancel: { id: 'cancel', label: '', width: '32px', align: 'end', value: () => '' },
  }
  return ids.map((id) => columns[id])
}

export function fillColumns(t: Translate): readonly GridColumn<Fill>[] {
  return [
    { id: 'time', label: t('orders.columns.time'), width: '112px', value: (fill) => momentText(fill.time) },
    { id: 'market', label: t('orders.columns.market'), width: '84px', value: (fill) => fill.marketId },
    { id: 'side', label: t('orders.columns.side'), width: '44px', value: (fill) => fill.side },
    {
      id: 'price',
      label: t('orders.columns.price'),
      align: 'end',
      width: 'minmax(72px, 1fr)',
      value: (fill) => fill.price,
    },
    {
      id: 'quantity',
      label: t('orders.columns.quantity'),
      align: 'end',
      width: 'minmax(64px, 1fr)',
      value: (fill) => fill.quantity,
    },
    {
      id: 'fee',
      label: t('orders.columns.fee'),
      align: 'end',
      width: 'minmax(112px, 1fr)',
      value: (fill) => `${fill.fee} ${fill.feeAssetId}`,
    },
    { id: 'role', label: t('orders.columns.role'), width: '64px', value: (fill) => fill.role },
  ]
}
