import type { PluginSummary } from '@cambium/kernel/plugins/routes'

export interface PluginFilter {
  readonly q?: string | undefined
  readonly category?: string | undefined
  readonly state?: string | undefined
  readonly source?: string | undefined
  readonly sort?: string | undefined
}

/** States an operator looks for; beside the plugin's own, what was decided about it and what waits. */
export const listedStates = [
  'enabled',
  'disabled',
  'failed',
  'quarantined',
  'invalid',
  'update',
  'pinned',
] as const
export type ListedState = (typeof listedStates)[number]

export const pluginOrders = ['name', 'publisher', 'category', 'state'] as const

function isIn(plugin: PluginSummary, state: string | undefined): boolean {
  if (!state) return true
  if (state === 'update') return plugin.update !== null
  if (state === 'pinned') return plugin.isPinned
  return plugin.state === state
}

/** What needs somebody comes first. */
const urgency: readonly PluginSummary['state'][] = ['quarantined', 'failed', 'invalid', 'enabled', 'disabled']

/** The plugins a filter leaves, in its order; every word of the search has to be found somewhere. */
export function filterPlugins(
  plugins: readonly PluginSummary[],
  { q = '', category, state, source, sort = 'name' }: PluginFilter,
): readonly PluginSummary[] {
  const words = q.toLowerCase().split(/\s+/)
  const shown = plugins.filter((plugin) => {
    const text = `${plugin.id} ${plugin.name} ${plugin.summary} ${plugin.publisher}`.toLowerCase()
    return (
      words.every((word) => text.includes(word)) &&
      (!category || plugin.category === category) &&
      (!source || plugin.source === source) &&
      isIn(plugin, state)
    )
  })
  const keyOf = (plugin: PluginSummary): string => {
    if (sort === 'state') return String(urgency.indexOf(plugin.state))
    return sort === 'publisher' || sort === 'category' ? plugin[sort] : ''
  }
  return shown.toSorted(
    (left, right) => keyOf(left).localeCompare(keyOf(right)) || left.name.localeCompare(right.name),
  )
}
