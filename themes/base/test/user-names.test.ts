import assert from 'node:assert/strict'
import type { User } from '@cambium/kernel/identity/routes'
import { createUserNames } from '../app/composables/user-names.ts'

const userOf = (id: string): User => ({
  id,
  email: `${id}@example.test`,
  roles: [],
  isHouse: false,
  createdAt: '2026-01-01T00:00:00.000Z',
})

describe('user names', () => {
  it('are read in one request for all rows of a turn, and once', async () => {
    const requests: (readonly string[])[] = []
    const names = createUserNames((ids) => {
      requests.push(ids)
      return Promise.resolve(ids.filter((id) => id !== '404').map(userOf))
    })
    for (const id of ['1', '2', '1', '404']) names.ask(id)
    await new Promise(setImmediate)
    names.ask('2')
    names.ask('404')
    await new Promise(setImmediate)
    assert.deepEqual(requests, [['1', '2', '404']])
    assert.equal(names.find('2')?.email, '2@example.test')
    assert.equal(names.find('404'), undefined)
  })

  it('come in requests of a hundred', async () => {
    const sizes: number[] = []
    const names = createUserNames((ids) => {
      sizes.push(ids.length)
      return Promise.resolve([])
    })
    for (let id = 1; id <= 250; id += 1) names.ask(String(id))
    await new Promise(setImmediate)
    assert.deepEqual(sizes, [100, 100, 50])
  })

  it('are asked for again after a request that failed', async () => {
    let isDown = true
    const names = createUserNames((ids) =>
      isDown ? Promise.reject(new Error('down')) : Promise.resolve(ids.map(userOf)),
    )
    names.ask('1')
    await new Promise(setImmediate)
    isDown = false
    names.ask('1')
    await new Promise(setImmediate)
    assert.equal(names.find('1')?.id, '1')
  })
})
