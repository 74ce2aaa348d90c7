import assert from 'node:assert/strict'
import { io, type Socket } from 'socket.io-client'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import { disablePlugin, enablePlugin, reportPageError, showUi, type Operation } from '../routes.ts'
import type { UiManifest } from '../ui-manifest.ts'
import { fixturePlugins, manifestSource, serverSource, type FixturePlugins } from './fixture.ts'

const sample = { pluginId: 'sample' }

interface Message {
  readonly channel: string
  readonly data: unknown
  /** Published in the same turn, after `data`. */
  readonly more?: readonly unknown[]
  readonly closed?: boolean
}

describe('channels of the plugin lifecycle', function () {
  this.timeout(60_000)
  let plugins: FixturePlugins
  let kernel: TestKernel
  const sockets: Socket[] = []

  before(async () => {
    plugins = await fixturePlugins()
    await plugins.write('sample')
    kernel = await createTestKernel({ pluginsDirectory: plugins.directory })
  })
  after(async () => {
    for (const socket of sockets) socket.disconnect()
    await kernel.stop()
    await plugins.dispose()
  })

  function connect(user?: TestUser): Socket {
    const extraHeaders = user ? { cookie: user.cookie } : {}
    const socket = io(kernel.origin, { transports: ['websocket'], forceNew: true, extraHeaders })
    sockets.push(socket)
    return socket
  }

  const subscribe = (socket: Socket, channel: string) =>
    socket.emitWithAck('subscribe', { channel }) as Promise<{
      ok: boolean
      snapshot?: unknown
      problem?: { type: string }
    }>

  /** The first message of the channel that fits. */
  function message(socket: Socket, channel: string, fits: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve) => {
      socket.on('message', ({ data, more = [], ...given }: Message) => {
        if (given.channel !== channel) return
        const found = [data, ...more].map((each) => ({ ...given, data: each })).find(fits)
        if (found) resolve(found)
      })
    })
  }

  it('push the new UI manifest to an open tab when a plugin is enabled and disabled', async () => {
    const tab = connect()
    const { snapshot } = await subscribe(tab, 'platform.ui:portal')
    assert.deepEqual((snapshot as UiManifest).plugins, [])
    const shown = message(tab, 'platform.ui:portal', ({ data }) => (data as UiManifest).plugins.length === 1)
    await kernel.call(enablePlugin, sample)
    const manifest = (await shown).data as UiManifest
    assert.deepEqual(manifest, await kernel.call(showUi, { app: 'portal' }))
    assert.deepEqual(manifest.plugins[0]?.titles, { en: { 'pages.home': 'Home' } })
    const gone = message(tab, 'platform.ui:portal', ({ data }) => (data as UiManifest).plugins.length === 0)
    await kernel.call(disablePlugin, sample)
    assert.ok(((await gone).data as UiManifest).revision > manifest.revision)
  })

  it('stream the steps of an operation to the operator while they happen, and to nobody else', async () => {
    const admin = await kernel.createUser({ role: 'admin' })
    const stranger = await subscribe(connect(), 'plugins.operations:sample')
    assert.equal(stranger.ok, false)
    const socket = connect(admin)
    const { ok, snapshot } = await subscribe(socket, 'plugins.operations:sample')
    assert.equal(ok, true)
    assert.equal((snapshot as Operation).action, 'disable')
    const running = message(socket, 'plugins.operations:sample', ({ data }) =>
      (data as Operation).steps.some(({ state }) => state === 'running'),
    )
    const ended = message(
      socket,
      'plugins.operations:sample',
      ({ data }) => (data as Operation).state === 'done',
    )
    const operation = await kernel.call(enablePlugin, sample, { as: admin })
    assert.equal(((await running).data as Operation).id, operation.id)
    assert.deepEqual((await ended).data, operation)
    await kernel.call(disablePlugin, sample)
  })

  it('of a plugin open and close with it, and carry what it publishes', async () => {
    const started = `
      kernel.channels.provide('sample.pings', async ({ key }) => ({ snapshotOf: key }))
      kernel.every(20, async () => kernel.channels.publish('sample.pings', 'a', { tick: true }))`
    await plugins.write('sample', { 'server/server.ts': serverSource(1, { started }) })
    const tab = connect()
    assert.equal((await subscribe(tab, 'sample.pings:a')).ok, false)
    await kernel.enable('sample')
    const answer = await subscribe(tab, 'sample.pings:a')
    assert.deepEqual(answer.snapshot, { snapshotOf: 'a' })
    const tick = await message(tab, 'sample.pings:a', ({ data }) => data !== null)
    assert.deepEqual(tick.data, { tick: true })
    const closed = message(tab, 'sample.pings:a', ({ closed: isClosed }) => isClosed === true)
    await kernel.call(disablePlugin, sample)
    assert.equal((await closed).data, null)
  })

  it('give users the permissions of a plugin with its first enable', async () => {
    const extra = `permissions: [{ id: 'sample.notes.write', title: 'Write notes', roles: ['admin'] }],`
    await plugins.write('sample', { 'plugin.ts': manifestSource('sample', { extra }) })
    await kernel.enable('sample')
    const admin = await kernel.createUser({ role: 'admin' })
    assert.ok(admin.permissions.includes('sample.notes.write'))
    await kernel.call(disablePlugin, sample)
  })

  it('take the report of a page that failed from anybody', async () => {
    const report = {
      app: 'portal',
      pluginId: 'sample',
      hash: 'abc',
      contribution: 'home',
      message: 'boom',
    } as const
    assert.deepEqual(await kernel.call(reportPageError, report, { as: 'stranger' }), {})
  })
})
