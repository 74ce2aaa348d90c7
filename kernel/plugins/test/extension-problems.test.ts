import assert from 'node:assert/strict'
import { Integer, Object } from 'typebox'
import { eventOf, filterPoint } from '../../contract/index.ts'
import { extensionProblems } from '../extension-problems.ts'
import type { PluginManifest } from '../manifest.ts'

const point = filterPoint({
  name: 'sample.things.make@1',
  title: 'Make a thing',
  context: Object({ n: Integer() }),
  onFailure: 'open',
  timeoutMs: 100,
})
const done = eventOf({ name: 'sample.thing.done', title: 'Done', data: Object({ n: Integer() }) })

function problems(parts: Partial<PluginManifest>, others: readonly PluginManifest[] = []): readonly string[] {
  return extensionProblems({ id: 'sample', permissions: [], ...parts } as unknown as PluginManifest, others)
}

describe('declarations at extension points', () => {
  it('pass when they are named by the plugin and granted where they are others’', () => {
    const parts: Partial<PluginManifest> = {
      grants: { filters: ['purchase.authorize@1'], events: ['other.thing.done'], sockets: true },
      filterPoints: [point],
      filters: [
        { point: point.name, id: 'sample.own', order: 1 },
        { point: 'purchase.authorize@1', id: 'sample.cap', order: 2 },
      ],
      events: { emits: [done], listens: [done.name, 'other.thing.done'] },
      jobs: [{ name: 'sample.work', title: 'Work', cron: '0 3 * * *' }],
      sockets: [{ name: 'sample.stream', path: '/sample/stream', title: 'Stream', permission: 'public' }],
    }
    assert.deepEqual(problems(parts), [])
  })

  it('are refused without the grant, which they name', () => {
    const found = problems({
      filters: [{ point: 'purchase.authorize@1', id: 'sample.cap', order: 1 }],
      events: { listens: ['other.thing.done'] },
      sockets: [{ name: 'sample.stream', path: '/sample/stream', title: 'Stream', permission: 'public' }],
    })
    assert.deepEqual(found, [
      'It answers at purchase.authorize@1 without the grant filters: purchase.authorize@1.',
      'It listens to other.thing.done without the grant events: other.thing.done.',
      'It offers sockets without the grant sockets.',
    ])
  })

  it('are refused under the name of another', () => {
    const strange = eventOf({ ...done, name: 'other.thing.done' })
    assert.match(
      problems({ events: { emits: [strange] } })[0] ?? '',
      /Event other\.thing\.done is not named as/,
    )
    assert.match(problems({ id: 'users' })[0] ?? '', /name of the platform's own/)
  })

  it('are refused with two schedules, one that is none, and a default that its own schema refuses', () => {
    const two = [{ name: 'sample.work', title: 'Work', everyMs: 1_000, cron: '0 3 * * *' }]
    assert.match(problems({ jobs: two })[0] ?? '', /two schedules/)
    assert.match(
      problems({ jobs: [{ name: 'sample.work', title: 'Work', cron: 'daily' }] })[0] ?? '',
      /no schedule/,
    )
    const settings = {
      type: 'object',
      properties: { n: { type: 'integer', maximum: 1, default: 5 } },
    } as const
    assert.match(problems({ settings })[0] ?? '', /default of the setting #\/n/)
  })

  it('are refused at a path of another, or without the permission they ask for', () => {
    const socket = {
      name: 'sample.stream',
      path: '/sample/stream',
      title: 'Stream',
      permission: 'sample.a.b',
    } as const
    const other = { id: 'older', sockets: [socket] } as unknown as PluginManifest
    const found = problems({ grants: { sockets: true }, sockets: [socket] }, [other])
    assert.deepEqual(found, [
      'sample.stream asks for sample.a.b, which the plugin does not declare.',
      'Socket /sample/stream is already served by older.',
    ])
  })
})
