import { useNow } from '@vueuse/core'
import type { ComputedRef, Ref } from 'vue'
import type { PlannedMaintenance } from '@cambium/kernel/maintenance/routes'
import {
  dismissAnnouncement,
  listShownAnnouncements,
  type AnnouncementText,
  type ShownAnnouncement,
} from '@cambium/kernel/announcements/routes'

const HOUR_MS = 60 * 60_000
/** How long before it begins maintenance is told on every page. */
const TOLD_MS = 24 * HOUR_MS
const COOKIE_IDS_MAX = 20

export function useMaintenanceState(): Ref<readonly PlannedMaintenance[] | null> {
  return useState('cambium:maintenance', () => null)
}
export function useAnnouncementsState(): Ref<readonly ShownAnnouncement[] | null> {
  return useState('cambium:announcements', () => null)
}

/** Both sides draw by the server's time first, so that they agree. */
function useMoment(): ComputedRef<number> {
  const drawnAt = useState('cambium:drawn-at', () => Date.now())
  const now = import.meta.client ? useNow({ interval: 5_000 }) : undefined
  const isMounted = ref(false)
  onMounted(() => (isMounted.value = true))
  return computed(() => (isMounted.value && now ? now.value.getTime() : drawnAt.value))
}

/** A moment as the reader's clock has it; the server, which does not know their zone, says it in UTC. */
export function useLocalMoment(): (time: string) => string {
  const { locale } = useI18n()
  const isMounted = ref(false)
  onMounted(() => (isMounted.value = true))
  return (time) => shortMomentText(time, locale.value, isMounted.value ? undefined : 'UTC')
}

export interface Maintenance {
  readonly running: ComputedRef<readonly PlannedMaintenance[]>
  /** Begins within a day. */
  readonly coming: ComputedRef<readonly PlannedMaintenance[]>
  /** Why a product is closed, or null. */
  restOf(pluginId: string): PlannedMaintenance | null
}

/** What rests and what will, as it changes; who follows the channel is `useOperatingLive`. */
export function useMaintenance(): Maintenance {
  const state = useMaintenanceState()
  const moment = useMoment()
  const beginOf = ({ beginsAt }: PlannedMaintenance): number => Date.parse(beginsAt)
  const running = computed(() => (state.value ?? []).filter((one) => beginOf(one) <= moment.value))
  return {
    running,
    coming: computed(() =>
      (state.value ?? []).filter(
        (one) => beginOf(one) > moment.value && beginOf(one) <= moment.value + TOLD_MS,
      ),
    ),
    restOf: (pluginId) =>
      running.value.find(({ scope }) => scope === pluginId || scope === 'platform') ?? null,
  }
}

export interface ReadAnnouncement extends ShownAnnouncement {
  readonly text: AnnouncementText
}

/** What the reader should be told now, in their language, the gravest first, without what they put away. */
export function useAnnouncements(): {
  readonly shown: ComputedRef<readonly ReadAnnouncement[]>
  dismiss(id: string): void
} {
  const api = useApi()
  const { locale } = useI18n()
  const { isSignedIn } = useSession()
  const state = useAnnouncementsState()
  const moment = useMoment()
  // A visitor's are remembered here; the server must know them too, or the page would jump.
  const away = useCookie<string[]>('cambium_dismissed', {
    default: () => [],
    maxAge: 180 * 24 * 3_600,
    sameSite: 'lax',
  })
  const ranks = ['critical', 'warning', 'success', 'info']
  const shown = computed(() =>
    (state.value ?? [])
      .filter(
        ({ id, isDismissible, fromAt, untilAt }) =>
          Date.parse(fromAt) <= moment.value &&
          (untilAt === null || Date.parse(untilAt) > moment.value) &&
          !(isDismissible && !isSignedIn.value && away.value.includes(id)),
      )
      .flatMap((one) => {
        const text = one.texts[locale.value] ?? one.texts[locale.value.split('-')[0] ?? ''] ?? one.texts.en
        return text ? [{ ...one, text }] : []
      })
      .sort((left, right) => ranks.indexOf(left.level) - ranks.indexOf(right.level)),
  )
  return {
    shown,
    dismiss(id) {
      if (isSignedIn.value) void api(dismissAnnouncement, { announcementId: id }).catch(() => undefined)
      else away.value = [...away.value.filter((other) => other !== id), id].slice(-COOKIE_IDS_MAX)
      state.value = (state.value ?? []).filter((one) => one.id !== id)
    },
  }
}

/** Follows both while the frame is on screen. */
export function useOperatingLive(): void {
  const api = useApi()
  const { user } = useSession()
  const maintenance = useMaintenanceState()
  const announcements = useAnnouncementsState()
  async function read(): Promise<void> {
    try {
      announcements.value = (await api(listShownAnnouncements, {})).items
    } catch {
      // What is shown stays; the next change asks again.
    }
  }
  const take = ({ items }: { readonly items: readonly PlannedMaintenance[] }): void => {
    maintenance.value = items
  }
  useChannel<{ items: readonly PlannedMaintenance[] }>('maintenance.windows:all', {
    onSnapshot: take,
    onMessage: take,
  })
  useChannel<unknown>('announcements.changes:all', {
    onSnapshot: () => void read(),
    onMessage: () => void read(),
  })
  useChannel<unknown>(() => (user.value ? 'announcements.dismissals:me' : null), {
    onSnapshot: () => undefined,
    onMessage: () => void read(),
  })
  watch(
    () => user.value?.id,
    () => void read(),
  )
}
