import assert from 'node:assert/strict'
import { withRecent, type RecentItem } from '../app/composables/global-search.ts'

const item = (to: string, label = to): RecentItem => ({ label, icon: 'i-lucide-x', to })

describe('recent places', () => {
  it('are the newest six, each once and under its newest name', () => {
    const places = ['/1', '/2', '/3', '/4', '/5', '/6', '/7'].reduce<RecentItem[]>(
      (items, to) => withRecent(items, item(to)),
      [],
    )
    assert.deepEqual(
      places.map(({ to }) => to),
      ['/7', '/6', '/5', '/4', '/3', '/2'],
    )
    const again = withRecent(places, item('/4', 'four'))
    assert.deepEqual([again[0]?.label, again.length], ['four', 6])
  })
})
