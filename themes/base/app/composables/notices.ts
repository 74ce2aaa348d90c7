import { readNotices, type Notice } from '@cambium/kernel/notifications/routes'
import type { Ref } from 'vue'

const shownMax = 20

/** A snapshot, new notices, or what was read in another tab. */
interface NoticeMessage {
  readonly items: readonly Notice[]
  readonly unread: number
  readonly read?: readonly string[] | 'all'
}

export interface NoticeState {
  readonly items: readonly Notice[]
  readonly unread: number
}

/** The list after a message: the newest first, each once, what was read marked. */
export function afterMessage({ items }: NoticeState, message: NoticeMessage): NoticeState {
  const { read } = message
  const known = items.map((item) =>
    read === 'all' || read?.includes(item.id) ? { ...item, isRead: true } : item,
  )
  const news = message.items.filter(({ id }) => !known.some((item) => item.id === id))
  return { items: [...news, ...known].slice(0, shownMax), unread: message.unread }
}

export interface NoticeControl {
  readonly items: Ref<readonly Notice[]>
  readonly unread: Ref<number>
  /** One notice, or all there are. */
  read(ids?: readonly string[]): Promise<void>
}

/** The signed-in user's notices, live. */
export function useNotices(onNew?: (notice: Notice) => void): NoticeControl {
  const api = useApi()
  const { user } = useSession()
  const state = shallowRef<NoticeState>({ items: [], unread: 0 })
  const channel = computed(() => (user.value ? 'notifications.notices:me' : null))
  useChannel<NoticeMessage | null, NoticeMessage>(channel, {
    onSnapshot: (snapshot) => {
      if (snapshot) state.value = { items: snapshot.items, unread: snapshot.unread }
    },
    onMessage: (message) => {
      state.value = afterMessage(state.value, message)
      const [newest] = message.items
      if (newest && !newest.isRead) onNew?.(newest)
    },
  })
  return {
    items: computed(() => state.value.items),
    unread: computed(() => state.value.unread),
    async read(ids) {
      const { unread } = await api(readNotices, ids ? { ids: [...ids] } : {})
      state.value = afterMessage(state.value, { items: [], unread, read: ids ?? 'all' })
    },
  }
}
