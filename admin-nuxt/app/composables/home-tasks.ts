import { listAlerts } from '@cambium/kernel/alerts/routes'
import { listListeners } from '@cambium/kernel/events/routes'
import { listJobs } from '@cambium/kernel/jobs/routes'
import { listPlugins, type PluginSummary } from '@cambium/kernel/plugins/routes'
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

/** Events nobody could be told of, and jobs whose last run failed. */
function useWaitingWork(): ComputedRef<readonly HomeTask[]> {
  const { t } = useI18n()
  const api = useApi()
  const { can } = useSession()
  const { data: failed } = useResource(
    async (signal) =>
      can('jobs.runs.manage')
        ? (await api(listJobs, {}, { signal })).items.filter(
            ({ isServed, isDisabled, lastRun }) => isServed && !isDisabled && lastRun?.state === 'failed',
          )
        : [],
    { key: () => 'home:jobs', everyMs: 15_000 },
  )
  const { data: undelivered } = useResource(
    async (signal) =>
      can('events.deliveries.manage')
        ? (await api(listListeners, {}, { signal })).items.reduce((sum, { failed }) => sum + failed, 0)
        : 0,
    { key: () => 'home:events', everyMs: 15_000 },
  )
  return computed(() => [
    ...(undelivered.value
      ? [
          {
            id: 'events',
            tone: 'warning' as const,
            icon: 'i-lucide-zap',
            title: t('home.task.letters', { count: undelivered.value }, undelivered.value),
            text: t('home.task.lettersText'),
            to: '/events?state=failed',
            action: t('home.task.look'),
          },
        ]
      : []),
    ...(failed.value ?? []).map((job) => ({
      id: job.name,
      tone: 'warning' as const,
      icon: 'i-lucide-timer',
      title: t('home.task.jobs', { job: job.title }),
      text: job.lastRun?.reason ?? '',
      to: jobPath(job.name),
      action: t('home.task.look'),
    })),
  ])
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

/** Plugins that are not as they should be, and what there is to do about plugins at all. */
function usePluginTasks(plugins: Ref<readonly PluginSummary[] | null>): {
  readonly troubles: ComputedRef<readonly HomeTask[]>
  readonly chances: ComputedRef<readonly HomeTask[]>
} {
  const { t } = useI18n()
  const lookAt = (
    { id, icon }: PluginSummary,
    task: Pick<HomeTask, 'tone' | 'title' | 'text'>,
    tab = '',
  ): HomeTask => ({ id, icon, ...task, to: `/marketplace/${id}${tab}`, action: t('home.task.look') })

  function troubleOf(plugin: PluginSummary): HomeTask | null {
    const text = plugin.reason ?? plugin.problems[0] ?? ''
    const names = { plugin: plugin.name }
    if (plugin.state === 'quarantined')
      return lookAt(plugin, { tone: 'bad', title: t('home.task.quarantined', names), text })
    if (plugin.state === 'failed')
      return lookAt(plugin, { tone: 'bad', title: t('home.task.failed', names), text }, '?tab=history')
    if (plugin.state === 'invalid')
      return lookAt(plugin, { tone: 'warning', title: t('home.task.invalid', names), text })
    return null
  }

  const troubles = computed(() =>
    (plugins.value ?? [])
      .map(troubleOf)
      .filter((task) => task !== null)
      .sort((left, right) => Number(left.tone !== 'bad') - Number(right.tone !== 'bad')),
  )
  const chances = computed(() => {
    const all = plugins.value ?? []
    const updates = all.filter(({ update }) => update !== null)
    const found: HomeTask[] = []
    if (updates.length > 0) {
      found.push({
        id: 'updates',
        tone: 'info',
        icon: 'i-lucide-circle-arrow-up',
        title: t('home.task.updates', { count: updates.length }, updates.length),
        text: updates.map(({ name, update }) => `${name} ${update?.version ?? ''}`).join(', '),
        to: '/marketplace?state=update',
        action: t('home.task.review'),
      })
    }
    if (all.length > 0 && all.every(({ state }) => state !== 'enabled')) {
      found.push({
        id: 'first',
        tone: 'info',
        icon: 'i-lucide-store',
        title: t('home.task.first'),
        text: t('home.task.firstText'),
        to: '/marketplace',
        action: t('home.task.open'),
      })
    }
    return found
  })
  return { troubles, chances }
}

/** What an operator should look at, the worst first, gathered from what the platform knows about itself. */
export function useHomeTasks(): {
  readonly plugins: ComputedRef<readonly PluginSummary[] | null>
  readonly error: Ref<unknown>
  readonly tasks: ComputedRef<readonly HomeTask[]>
} {
  const { t } = useI18n()
  const api = useApi()
  const { can } = useSession()
  const { result } = useLedgerCheck()
  const { data, error } = useResource(
    async (signal) =>
      can('plugins.marketplace.manage') ? (await api(listPlugins, {}, { signal })).items : [],
    { key: () => 'home:plugins', everyMs: 15_000 },
  )
  const { troubles, chances } = usePluginTasks(data)
  const waiting = useWaitingWork()
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
  return {
    plugins: computed(() => data.value),
    error,
    tasks: computed(() => [
      ...breaks.value,
      ...alerts.value,
      ...troubles.value,
      ...waiting.value,
      ...chances.value,
    ]),
  }
}
