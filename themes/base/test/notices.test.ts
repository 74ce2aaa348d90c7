import assert from 'node:assert/strict'
import type { Notice } from '@cambium/kernel/notifications/routes'
import { afterMessage } from '../app/composables/notices.ts'

const notice = (id: string, isRead = false): Notice => ({
  id,
  owner: 'platform',
  kind: 'platform.test',
  title: 'notices.test.title',
  body: 'notices.test.body',
  data: {},
  link: null,
  isRead,
  createdAt: '2026-01-01T00:00:00.000Z',
})

describe('notices', () => {
  it('come newest first and each once', () => {
    const before = { items: [notice('1')], unread: 1 }
    const { items, unread } = afterMessage(before, { items: [notice('2'), notice('1')], unread: 2 })
    assert.deepEqual(
      items.map(({ id }) => id),
      ['2', '1'],
    )
    assert.equal(unread, 2)
  })

  it('read in another tab are read here', () => {
    const before = { items: [notice('2'), notice('1')], unread: 2 }
    const one = afterMessage(before, { items: [], unread: 1, read: ['1'] })
    assert.deepEqual(
      one.items.map(({ isRead }) => isRead),
      [false, true],
    )
    const all = afterMessage(one, { items: [], unread: 0, read: 'all' })
    assert(all.items.every(({ isRead }) => isRead))
  })
})
