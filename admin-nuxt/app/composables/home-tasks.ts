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

  const waiting = useWaitingWork()

  const tasks = computed<HomeTask[]>(() => {
    const all = data.value ?? []
    const found: HomeTask[] = []
    if (result.value && !result.value.balanced) {
      found.push({
        id: 'breaks',
        tone: 'bad',
        icon: 'i-lucide-scale',
        title: t('home.task.breaks', { count: result.value.breaks.length }, result.value.breaks.length),
        text: t('home.task.breaksText'),
        to: '/ledger/check',
        action: t('home.task.look'),
      })
    }
    for (const plugin of all.filter(({ state }) => state === 'quarantined')) {
      found.push({
        id: plugin.id,
        tone: 'bad',
        icon: plugin.icon,
        title: t('home.task.quarantined', { plugin: plugin.name }),
        text: plugin.reason ?? '',
        to: `/marketplace/${plugin.id}`,
        action: t('home.task.look'),
      })
    }
    for (const plugin of all.filter(({ state }) => state === 'failed')) {
      found.push({
        id: plugin.id,
        tone: 'bad',
        icon: plugin.icon,
        title: t('home.task.failed', { plugin: plugin.name }),
        text: plugin.reason ?? '',
        to: `/marketplace/${plugin.id}?tab=history`,
        action: t('home.task.look'),
      })
    }
    for (const plugin of all.filter(({ state }) => state === 'invalid')) {
      found.push({
        id: plugin.id,
        tone: 'warning',
        icon: plugin.icon,
        title: t('home.task.invalid', { plugin: plugin.name }),
        text: plugin.problems[0] ?? '',
        to: `/marketplace/${plugin.id}`,
        action: t('home.task.look'),
      })
    }
    found.push(...waiting.value)
    const updates = all.filter(({ update }) => update !== null)
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
  return { plugins: computed(() => data.value), error, tasks }
}
