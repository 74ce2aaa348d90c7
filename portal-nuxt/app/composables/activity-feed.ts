import { listActivity, type ActivityEntry } from '@cambium/kernel/activity/routes'
import type { Ref } from 'vue'

/** Newest first; an entry that came again replaces the one it was. */
export function withNews(
  shown: readonly ActivityEntry[],
  news: readonly ActivityEntry[],
): readonly ActivityEntry[] {
  const fresh = new Map(news.map((entry) => [entry.id, entry]))
  const kept = shown.map((entry) => {
    const newer = fresh.get(entry.id)
    fresh.delete(entry.id)
    return newer ?? entry
  })
  const moment = ({ at }: ActivityEntry): number => Date.parse(at)
  return [...fresh.values(), ...kept].toSorted((left, right) => moment(right) - moment(left))
}

/** By the reader's days: `2026-11-22` and what happened on it. */
export function byDay(entries: readonly ActivityEntry[]): { day: string; entries: ActivityEntry[] }[] {
  const days = new Map<string, ActivityEntry[]>()
  for (const entry of entries) {
    const at = new Date(entry.at)
    const two = (value: number): string => String(value).padStart(2, '0')
    const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
    days.set(day, [...(days.get(day) ?? []), entry])
  }
  return [...days].map(([day, items]) => ({ day, entries: items }))
}

export type ActivityFilters = Partial<Record<'product' | 'kind' | 'asset' | 'span', string>>

const spanDays: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, year: 365 }

export function activityQuery({ product, kind, asset, span }: ActivityFilters, nowMs: number) {
  const days = spanDays[span ?? '']
  return {
    ...(product ? { owner: product } : {}),
    ...(kind ? { kind } : {}),
    ...(asset ? { assetId: asset } : {}),
    ...(days === undefined ? {} : { from: new Date(nowMs - days * 86_400_000).toISOString() }),
  }
}

/** The words of an entry: the owner's own, in the reader's language; its kind where the product is gone. */
export function useActivityText(): (
  entry: Pick<ActivityEntry, 'owner' | 'title' | 'data' | 'kind'>,
) => string {
  const { t, te } = useI18n()
  return ({ owner, title, data, kind }) => {
    const key = `${owner}.${title}`
    return te(key) ? t(key, data) : kind
  }
}

export interface ActivityFeed {
  readonly items: Ref<readonly ActivityEntry[]>
  readonly error: Ref<unknown>
  readonly isLoading: Ref<boolean>
  readonly isLoadingMore: Ref<boolean>
  readonly hasMore: Ref<boolean>
  refresh(): Promise<void>
  more(): Promise<void>
}

/** The own feed through a filter, live while nothing is filtered out that comes. */
export function useActivityFeed(filters: Ref<ActivityFilters>, limit: number): ActivityFeed {
  const api = useApi()
  const { user } = useSession()
  const key = computed(() => `activity ${user.value?.id ?? ''} ${limit} ${JSON.stringify(filters.value)}`)
  const request = useKeptData(key, () =>
    api(listActivity, { limit, ...activityQuery(filters.value, Date.now()) }),
  )
  const later = shallowRef<readonly ActivityEntry[]>([])
  /** Where the pages after the first one have come to. */
  const moved = shallowRef<{ readonly cursor: string | undefined } | null>(null)
  const nextCursor = computed(() => (moved.value ? moved.value.cursor : request.data.value?.nextCursor))
  const isLoadingMore = ref(false)
  watch(request.data, () => {
    later.value = []
    moved.value = null
  })
  const news = shallowRef<readonly ActivityEntry[]>([])
  watch(key, () => (news.value = []))

  function fits({ owner, kind, assetId }: ActivityEntry): boolean {
    const { product, kind: wanted, asset } = filters.value
    return (!product || owner === product) && (!wanted || kind === wanted) && (!asset || assetId === asset)
  }
  const channel = computed(() => (user.value ? 'activity.entries:me' : null))
  useChannel<{ items: readonly ActivityEntry[] }>(channel, {
    onSnapshot: ({ items }) => {
      news.value = withNews(news.value, items.filter(fits).slice(0, limit))
    },
    onMessage: ({ items }) => {
      news.value = withNews(news.value, items.filter(fits))
    },
  })

  return {
    items: computed(() => {
      const first = request.data.value?.items
      return first ? withNews([...first, ...later.value], news.value) : []
    }),
    error: computed(() => request.error.value ?? null),
    isLoading: computed(() => request.status.value === 'pending' && !request.data.value),
    isLoadingMore,
    hasMore: computed(() => nextCursor.value !== undefined),
    refresh: () => request.refresh(),
    async more() {
      if (nextCursor.value === undefined || isLoadingMore.value) return
      isLoadingMore.value = true
      try {
        const query = activityQuery(filters.value, Date.now())
        const page = await api(listActivity, { limit, cursor: nextCursor.value, ...query })
        later.value = [...later.value, ...page.items]
        moved.value = { cursor: page.nextCursor }
      } finally {
        isLoadingMore.value = false
      }
    },
  }
}
