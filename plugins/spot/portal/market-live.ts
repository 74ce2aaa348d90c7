import { computed, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { useApi, useChannel } from '@cambium/ui'
import { showBook, type Ticker } from '../routes/market-data.ts'
import type { Trade } from '../routes/trades.ts'
import { updatedBook, type BookUpdate, type LiveBook } from './live-book.ts'

const TRADES_SHOWN = 60
const BOOK_LEVELS = 500

export type LiveStatus = 'connecting' | 'live' | 'stale'

export interface MarketLive {
  readonly book: ShallowRef<LiveBook>
  readonly trades: ShallowRef<readonly Trade[]>
  /** The worse of the two: a book that moves beside trades that do not is not live. */
  readonly status: ComputedRef<LiveStatus>
}

interface Items<T> {
  readonly items: readonly T[]
}

/** The book and the latest trades of one market as they change. */
export function useMarketLive(marketId: string): MarketLive {
  const api = useApi()
  const book = shallowRef<LiveBook>({ seq: 0, bids: [], asks: [] })
  const trades = shallowRef<readonly Trade[]>([])

  async function resynchronize(): Promise<void> {
    book.value = await api(showBook, { marketId, limit: BOOK_LEVELS })
  }

  const bookChannel = useChannel<LiveBook, BookUpdate>(`spot.book:${marketId}`, {
    onSnapshot: (snapshot) => (book.value = snapshot),
    onMessage: (update) => {
      const after = updatedBook(book.value, update)
      if (after) book.value = after
      else void resynchronize().catch(() => undefined)
    },
  })
  const tradesChannel = useChannel<Items<Trade>>(`spot.trades:${marketId}`, {
    onSnapshot: ({ items }) => (trades.value = items),
    onMessage: ({ items }) => {
      const newest = trades.value[0]?.seq ?? 0
      const fresh = items.filter(({ seq }) => seq > newest)
      trades.value = [...fresh, ...trades.value].slice(0, TRADES_SHOWN)
    },
  })
  const status = computed<LiveStatus>(() => {
    const both = [bookChannel.status.value, tradesChannel.status.value]
    return both.find((one) => one !== 'live') ?? 'live'
  })
  return { book, trades, status }
}

/** The tickers of all markets as they change, by market. `first` is what the page was loaded with. */
export function useTickers(first: () => readonly Ticker[]): {
  readonly tickers: ComputedRef<ReadonlyMap<string, Ticker>>
  readonly status: Readonly<Ref<LiveStatus>>
} {
  const changed = shallowRef<ReadonlyMap<string, Ticker>>(new Map())
  const take = ({ items }: Items<Ticker>): void => {
    changed.value = new Map([...changed.value, ...items.map((ticker) => [ticker.marketId, ticker] as const)])
  }
  const { status } = useChannel<Items<Ticker>>('spot.ticker:all', { onSnapshot: take, onMessage: take })
  const tickers = computed(
    () => new Map([...first().map((ticker) => [ticker.marketId, ticker] as const), ...changed.value]),
  )
  return { tickers, status }
}
