import { onMounted, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { useApi, useChannel } from '@cambium/ui'
import { listCandles, type Candle, type Interval } from '../routes/market-data.ts'
import type { LiveStatus } from './market-live.ts'

const CANDLES_SHOWN = 500

export const candleIntervals = ['1m', '5m', '15m', '1h', '4h', '1d'] as const satisfies readonly Interval[]

/** Candles after the running ones were told again: the last is replaced while it grows, a new one is put behind it. */
export function withRunning(candles: readonly Candle[], running: readonly Candle[]): readonly Candle[] {
  const [first] = running
  if (!first) return candles
  return [...candles.filter(({ openTime }) => openTime < first.openTime), ...running]
}

/** The candles of a market at the chosen interval, kept up to date. */
export function useCandles(
  marketId: string,
  interval: Readonly<Ref<Interval>>,
): {
  readonly candles: ShallowRef<readonly Candle[]>
  readonly error: Ref<unknown>
  readonly status: Readonly<Ref<LiveStatus>>
  reload(): Promise<void>
} {
  const api = useApi()
  const candles = shallowRef<readonly Candle[]>([])
  const error = ref<unknown>(null)
  let isFollowing = false

  async function reload(): Promise<void> {
    const asked = interval.value
    try {
      const { items } = await api(listCandles, { marketId, interval: asked, limit: CANDLES_SHOWN })
      if (asked !== interval.value) return
      candles.value = items
      error.value = null
    } catch (problem) {
      error.value = problem
    }
  }
  const takeRunning = ({ items }: { items: readonly Candle[] }): void => {
    candles.value = withRunning(candles.value, items)
  }
  const { status } = useChannel<{ items: readonly Candle[] }>(
    () => `spot.candles:${marketId}/${interval.value}`,
    {
      onSnapshot: (running) => {
        // Another snapshot means a gap, and what happened in it may be more than the running candle.
        if (isFollowing) void reload()
        else takeRunning(running)
        isFollowing = true
      },
      onMessage: takeRunning,
    },
  )
  onMounted(reload)
  watch(interval, () => {
    isFollowing = false
    candles.value = []
    void reload()
  })
  return { candles, error, status, reload }
}
