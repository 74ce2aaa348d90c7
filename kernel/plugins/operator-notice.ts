import type { PluginHost } from './host.ts'
import type { Operation } from './routes.ts'

const textsOf = { quarantine: 'notices.pluginQuarantined', rollback: 'notices.pluginRolledBack' } as const

/** Tells everybody who manages plugins what the platform did by itself. Not reaching them undoes nothing. */
export async function tellOperators(
  { points, log }: PluginHost,
  operation: Operation,
  name: string,
): Promise<void> {
  const { id, pluginId, action, version, reason } = operation
  if (action !== 'quarantine' && action !== 'rollback') return
  try {
    await points.notifications.notify('platform', {
      permission: 'plugins.marketplace.manage',
      kind: action === 'quarantine' ? 'platform.pluginQuarantined' : 'platform.pluginRolledBack',
      title: `${textsOf[action]}.title`,
      body: `${textsOf[action]}.body`,
      data: { plugin: name, version: version ?? '', reason: reason ?? '' },
      link: `/admin/marketplace/${pluginId}`,
      key: id,
    })
  } catch (error) {
    log.error('the operators could not be told', { plugin: pluginId, error })
  }
}
