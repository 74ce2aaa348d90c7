import { useApi, usePagedList, type ListSource } from '@cambium/ui'
import { listOrders, type Fill, type Order } from '../routes/orders.ts'
import { listFills } from '../routes/trades.ts'

interface OwnPast {
  /** Of all markets where none is named. */
  readonly marketId: string | undefined
  /** Grows with everything that became of own orders: the list is read anew. */
  readonly changes: number
}

interface Wanted {
  readonly marketId?: string
  readonly cursor?: string
}

function useOwnPast<Row>(
  past: OwnPast,
  load: (
    wanted: Wanted,
    signal: AbortSignal,
  ) => Promise<{ readonly items: readonly Row[]; nextCursor?: string }>,
): ListSource<Row> {
  return usePagedList<Row>(
    (cursor, signal) =>
      load(
        {
          ...(past.marketId === undefined ? {} : { marketId: past.marketId }),
          ...(cursor === undefined ? {} : { cursor }),
        },
        signal,
      ),
    () => [past.marketId, past.changes],
  )
}

/** Own orders that have ended, newest first. */
export function usePastOrders(past: OwnPast): ListSource<Order> {
  const api = useApi()
  return useOwnPast(past, (wanted, signal) => api(listOrders, { state: 'closed', ...wanted }, { signal }))
}

/** Own fills, newest first. */
export function useFills(past: OwnPast): ListSource<Fill> {
  const api = useApi()
  return useOwnPast(past, (wanted, signal) => api(listFills, wanted, { signal }))
}
