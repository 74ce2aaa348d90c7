import type { ParamsOf, ResultOf, Route } from './contract/index.ts'
import { listListeners } from './events/routes.ts'
import { listJobs } from './jobs/routes.ts'
import { listPlugins } from './plugins/routes.ts'
import type { FindTasks, Task, TaskSource } from './tasks/index.ts'

/** Calls a route as the kernel itself. */
type CallRoute = <X extends Route>(route: X, params: ParamsOf<X>) => Promise<ResultOf<X>>
type Plugin = ResultOf<typeof listPlugins>['items'][number]

const plugins = 'plugins.marketplace.manage'

/** What of the platform itself waits for operators. Texts are keys of the admin's locales. */
export const platformTasks: readonly TaskSource[] = [
  {
    id: 'platform.quarantined',
    title: 'home.task.quarantined',
    text: 'home.task.said',
    icon: 'i-lucide-shield-alert',
    permission: plugins,
  },
  {
    id: 'platform.failed',
    title: 'home.task.failed',
    text: 'home.task.said',
    icon: 'i-lucide-puzzle',
    permission: plugins,
  },
  {
    id: 'platform.invalid',
    title: 'home.task.invalid',
    text: 'home.task.said',
    icon: 'i-lucide-puzzle',
    permission: plugins,
  },
  {
    id: 'platform.updates',
    title: 'home.task.updates',
    text: 'home.task.said',
    icon: 'i-lucide-circle-arrow-up',
    permission: plugins,
  },
  {
    id: 'platform.first',
    title: 'home.task.first',
    text: 'home.task.firstText',
    icon: 'i-lucide-store',
    permission: plugins,
  },
  {
    id: 'platform.events',
    title: 'home.task.letters',
    text: 'home.task.lettersText',
    icon: 'i-lucide-zap',
    permission: 'events.deliveries.manage',
  },
  {
    id: 'platform.jobs',
    title: 'home.task.jobs',
    text: 'home.task.said',
    icon: 'i-lucide-timer',
    permission: 'jobs.runs.manage',
  },
]

/** One question for all who ask while it is being answered. */
function together<T>(ask: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => (running ??= ask().finally(() => (running = undefined)))
}

export function platformTaskFinders(call: CallRoute): Readonly<Record<string, FindTasks>> {
  const all = together(async () => (await call(listPlugins, {})).items)

  const troubled =
    (state: Plugin['state'], severity: Task['severity'], tab = ''): FindTasks =>
    async () =>
      (await all())
        .filter((plugin) => plugin.state === state)
        .map(({ id, name, reason, problems }) => ({
          key: id,
          severity,
          link: `/marketplace/${id}${tab}`,
          data: { plugin: name, text: reason ?? problems[0] ?? '' },
        }))

  return {
    'platform.quarantined': troubled('quarantined', 'critical'),
    'platform.failed': troubled('failed', 'critical', '?tab=history'),
    'platform.invalid': troubled('invalid', 'warning'),
    async 'platform.updates'() {
      const newer = (await all()).filter(({ update }) => update !== null)
      const text = newer.map(({ name, update }) => `${name} ${update?.version ?? ''}`).join(', ')
      const link = '/marketplace?state=update'
      return newer.length === 0
        ? []
        : [{ key: 'all', severity: 'info', link, count: newer.length, data: { text } }]
    },
    async 'platform.first'() {
      const here = await all()
      const isNew = here.length > 0 && here.every(({ state }) => state !== 'enabled')
      return isNew ? [{ key: 'all', severity: 'info', link: '/marketplace' }] : []
    },
    async 'platform.events'() {
      const { items } = await call(listListeners, {})
      const count = items.reduce((sum, { failed }) => sum + failed, 0)
      return count === 0 ? [] : [{ key: 'all', severity: 'warning', link: '/events?state=failed', count }]
    },
    async 'platform.jobs'() {
      const { items } = await call(listJobs, {})
      return items
        .filter(({ isServed, isDisabled, lastRun }) => isServed && !isDisabled && lastRun?.state === 'failed')
        .map(({ name, title, lastRun }) => ({
          key: name,
          severity: 'warning' as const,
          link: `/jobs/${name.replaceAll('.', '/')}`,
          data: { job: title, text: lastRun?.reason ?? '' },
        }))
    },
  }
}
