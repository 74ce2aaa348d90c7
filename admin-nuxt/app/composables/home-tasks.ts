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
    for (const plugin of all.filter(({ state }) => state === 'failed')) {
      found.push({
        id: plugin.id,
        tone: 'bad',
        icon: plugin.icon,
        title: t('home.task.failed', { plugin: plugin.name }),
        text: plugin.reason ?? '',
        to: `/marketplace/${plugin.id}?tab=operations`,
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
