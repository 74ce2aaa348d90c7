import { listAlerts } from '@cambium/kernel/alerts/routes'
import { listTasks } from '@cambium/kernel/tasks/routes'
import type { ComputedRef, Ref } from 'vue'

export interface HomeTask {
  readonly id: string
  readonly tone: 'bad' | 'warning' | 'info'
  readonly icon: string
  readonly title: string
  readonly text: string
  readonly to: string
  readonly action: string
}

const tones = { critical: 'bad', warning: 'warning', info: 'info' } as const

/** What modules and plugins say waits, in the words of their locales. */
function useWaitingTasks(): {
  readonly error: Ref<unknown>
  readonly isRead: ComputedRef<boolean>
  readonly waiting: ComputedRef<readonly HomeTask[]>
} {
  const { t } = useI18n()
  const api = useApi()
  const { data, error } = useResource(async (signal) => (await api(listTasks, {}, { signal })).items, {
    key: () => 'home:tasks',
    everyMs: 15_000,
  })
  const waiting = computed(() =>
    (data.value ?? []).map(({ id, owner, title, text, icon, severity, link, count, data: values }) => {
      const keyOf = (key: string): string => (owner === 'platform' ? key : `${owner}.${key}`)
      return {
        id,
        tone: tones[severity],
        icon,
        title: t(keyOf(title), { count, ...values }, count),
        text: t(keyOf(text), { count, ...values }, count),
        to: link,
        action: t('home.task.look'),
      }
    }),
  )
  return { error, isRead: computed(() => data.value !== null), waiting }
}

/** What rules have found and nobody has silenced. */
function useAlertTasks(): ComputedRef<readonly HomeTask[]> {
  const { t, locale } = useI18n()
  const api = useApi()
  const { can } = useSession()
  const { data, refresh } = useResource(
    async (signal) => (can('alerts.alerts.read') ? (await api(listAlerts, {}, { signal })).items : []),
    { key: () => 'home:alerts' },
  )
  if (can('alerts.alerts.read')) useAlertChanges(() => void refresh())
  return computed(() =>
    (data.value ?? [])
      .filter(({ state, isSilenced }) => state === 'firing' && !isSilenced)
      .map((alert) => ({
        id: alert.id,
        tone: alert.severity === 'critical' ? 'bad' : alert.severity,
        icon: 'i-lucide-bell-ring',
        title: t('home.task.alert', {
          title: alert.title,
          subject: alert.subject === '' ? '' : `: ${alert.subject}`,
        }),
        text: t('home.task.alertText', {
          value: indicatorText(alert.value, alert.unit, locale.value),
          threshold: indicatorText(alert.threshold, alert.unit, locale.value),
        }),
        to: '/alerts',
        action: t('home.task.look'),
      })),
  )
}

/** What an operator should look at, the worst first, gathered from what the platform knows about itself. */
export function useHomeTasks(): {
  readonly error: Ref<unknown>
  readonly isRead: ComputedRef<boolean>
  readonly tasks: ComputedRef<readonly HomeTask[]>
} {
  const { t } = useI18n()
  const { result } = useLedgerCheck()
  const { error, isRead, waiting } = useWaitingTasks()
  const alerts = useAlertTasks()
  const breaks = computed<readonly HomeTask[]>(() => {
    if (!result.value || result.value.balanced) return []
    const { length: count } = result.value.breaks
    return [
      {
        id: 'breaks',
        tone: 'bad',
        icon: 'i-lucide-scale',
        title: t('home.task.breaks', { count }, count),
        text: t('home.task.breaksText'),
        to: '/ledger/check',
        action: t('home.task.look'),
      },
    ]
  })
  const order = ['bad', 'warning', 'info']
  return {
    error,
    isRead,
    tasks: computed(() =>
      [...breaks.value, ...alerts.value, ...waiting.value].toSorted(
        (left, right) => order.indexOf(left.tone) - order.indexOf(right.tone),
      ),
    ),
  }
}
