import { shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { useChannel } from '@cambium/ui'
import type { Balance } from '../routes/balances.ts'
import type { Fill, Order } from '../routes/orders.ts'
import type { LiveStatus } from './market-live.ts'

export interface OwnTrading {
  /** Open orders of all markets, newest first. */
  readonly openOrders: ShallowRef<readonly Order[] | null>
  readonly balances: ShallowRef<readonly Balance[] | null>
  /** Grows with every change of an own order: lists of the past load again. */
  readonly changes: Ref<number>
  readonly status: Readonly<Ref<LiveStatus>>
}

export interface OwnNews {
  readonly orders: readonly Order[]
  readonly fills: readonly Fill[]
}

const isOpen = ({ status }: Order): boolean => status === 'open' || status === 'partiallyFilled'

/** Open orders after news of some of them. Of two states of one order the later sequence counts. */
export function mergedOpenOrders(known: readonly Order[], news: readonly Order[]): readonly Order[] {
  const orders = new Map(known.map((order) => [order.id, order]))
  for (const order of news) {
    const before = orders.get(order.id)
    if (before && before.seq > order.seq) continue
    if (isOpen(order)) orders.set(order.id, order)
    else orders.delete(order.id)
  }
  return [...orders.values()].sort((left, right) => right.createdAt.localeCompare(left.createdAt))
}

interface Wallet {
  readonly items: readonly Balance[]
}

/**
 * A signed-in user's open orders and balances as they change; both stay null while signed out.
 * `onFills` hears of fills that happen from now on.
 */
export function useOwnTrading(
  isSignedIn: Readonly<Ref<boolean>>,
  onFills: (fills: readonly Fill[]) => void,
): OwnTrading {
  const openOrders = shallowRef<readonly Order[] | null>(null)
  const balances = shallowRef<readonly Balance[] | null>(null)
  const changes = shallowRef(0)
  const { status } = useChannel<OwnNews>(() => (isSignedIn.value ? 'spot.orders:me' : null), {
    onSnapshot: ({ orders }) => {
      openOrders.value = mergedOpenOrders([], orders)
      changes.value += 1
    },
    onMessage: ({ orders, fills }) => {
      openOrders.value = mergedOpenOrders(openOrders.value ?? [], orders)
      changes.value += 1
      if (fills.length > 0) onFills(fills)
    },
  })
  const takeWallet = ({ items }: Wallet): void => {
    balances.value = items
  }
  useChannel<Wallet>(() => (isSignedIn.value ? 'spot.balances:me' : null), {
    onSnapshot: takeWallet,
    onMessage: takeWallet,
  })
  watch(isSignedIn, () => {
    openOrders.value = null
    balances.value = null
  })
  return { openOrders, balances, changes, status }
}
