import assert from 'node:assert/strict'
import type { ActivityEntry } from '@cambium/kernel/activity/routes'
import { activityQuery, byDay, withNews } from '../app/composables/activity-feed.ts'

const entry = (id: string, at: string, state: ActivityEntry['state'] = 'done'): ActivityEntry => ({
  id,
  owner: 'shop',
  kind: 'shop.order',
  title: 'activity.order',
  icon: 'i-lucide-x',
  assetId: null,
  amount: null,
  state,
  link: null,
  data: {},
  at,
})

describe('activity feed', () => {
  it('puts news on top and lets an entry that comes again stay one', () => {
    const shown = [entry('2', '2026-01-02T10:00:00Z', 'pending'), entry('1', '2026-01-01T10:00:00Z')]
    const after = withNews(shown, [entry('3', '2026-01-03T10:00:00Z'), entry('2', '2026-01-02T10:00:00Z')])
    assert.deepEqual(
      after.map(({ id, state }) => [id, state]),
      [
        ['3', 'done'],
        ['2', 'done'],
        ['1', 'done'],
      ],
    )
  })

  it('groups by the reader’s days, newest first', () => {
    const noon = (day: number): string => new Date(2026, 0, day, 12).toISOString()
    const days = byDay([entry('3', noon(5)), entry('2', noon(5)), entry('1', noon(4))])
    assert.deepEqual(
      days.map(({ day, entries }) => [day, entries.length]),
      [
        ['2026-01-05', 2],
        ['2026-01-04', 1],
      ],
    )
  })

  it('asks for what the filters say', () => {
    const nowMs = Date.UTC(2026, 0, 8)
    assert.deepEqual(activityQuery({ product: 'spot', asset: 'BTC', span: 'week' }, nowMs), {
      owner: 'spot',
      assetId: 'BTC',
      from: '2026-01-01T00:00:00.000Z',
    })
    assert.deepEqual(activityQuery({ span: 'nonsense' }, nowMs), {})
  })
})
