import assert from 'node:assert/strict'
import type { PluginSummary } from '@cambium/kernel/plugins/routes'
import { filterPlugins } from '../app/composables/plugin-list.ts'

function plugin(id: string, changes: Partial<PluginSummary> = {}): PluginSummary {
  return {
    id,
    name: id,
    version: '1.0.0',
    summary: '',
    publisher: 'Acme',
    category: 'trading',
    icon: 'i-lucide-box',
    desired: 'enabled',
    state: 'enabled',
    isChanging: false,
    generation: 1,
    reason: null,
    problems: [],
    source: 'bundled',
    update: null,
    isPinned: false,
    tier: 'inline',
    previous: null,
    ...changes,
  }
}
const plugins = [
  plugin('spot', { summary: 'Trade assets', update: { version: '1.1.0' } }),
  plugin('earn', { state: 'quarantined', source: 'package', publisher: 'Other' }),
  plugin('desk', { state: 'disabled', isPinned: true }),
]
const idsOf = (filter: Parameters<typeof filterPlugins>[1]) =>
  filterPlugins(plugins, filter).map(({ id }) => id)

describe('plugin list', () => {
  it('finds every word somewhere', () => {
    assert.deepEqual(idsOf({ q: 'acme assets' }), ['spot'])
    assert.deepEqual(idsOf({ q: 'other assets' }), [])
  })

  it('takes updates and pins for states to look for', () => {
    assert.deepEqual(idsOf({ state: 'update' }), ['spot'])
    assert.deepEqual(idsOf({ state: 'pinned' }), ['desk'])
    assert.deepEqual(idsOf({ source: 'package' }), ['earn'])
  })

  it('is sorted by name, or by what needs somebody', () => {
    assert.deepEqual(idsOf({}), ['desk', 'earn', 'spot'])
    assert.deepEqual(idsOf({ sort: 'state' }), ['earn', 'spot', 'desk'])
  })
})
