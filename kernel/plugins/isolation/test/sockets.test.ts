import assert from 'node:assert/strict'
import type { SocketConnection } from '../../../realtime/sockets.ts'
import { manifestSource, serverSource } from '../../test/fixture.ts'
import { eventually, openIsolationPlace, type IsolationPlace, type Placed } from './isolation-place.ts'

/** A client as the kernel holds it. */
function client(): SocketConnection & { readonly sent: unknown[] } {
  const sent: unknown[] = []
  let state: unknown = null
  return {
    id: 'c1',
    principal: { kind: 'anonymous' },
    query: { market: 'x' },
    sent,
    get state() {
      return state
    },
    keep: (next) => (state = next),
    send: (message) => sent.push(message),
    close: () => undefined,
  }
}

for (const tier of ['worker', 'process'] as const) {
  describe(`sockets of a plugin in the ${tier} tier`, function () {
    this.timeout(60_000)
    let place: IsolationPlace
    let placed: Placed

    before(async () => {
      place = await openIsolationPlace()
      await place.plugins.write('sample', {
        'plugin.ts': manifestSource('sample', {
          extra: `sockets: [{ name: 'sample.echo', path: '/sample/echo', title: 'Echo', permission: 'public' }],
            grants: { sockets: true },`,
        }),
        'server/server.ts': serverSource(1).replace(
          'health:',
          `sockets: { 'sample.echo': {
            open: (connection, isResumed) => connection.send({ isResumed, kept: connection.state, query: connection.query }),
            message: (connection, message) => {
              if (message === 'exit') process.exit(1)
              connection.keep(message)
              connection.send({ echo: message, kept: connection.state })
            },
          } }, health:`,
        ),
      })
      placed = await place.serve('sample', tier)
    })
    after(() => place.stop())

    it('answer each client, and outlive the runner that answered', async () => {
      const handler = placed.generation.extensions.sockets?.['sample.echo']
      assert.ok(handler)
      const connection = client()
      await handler.open(connection, false)
      await handler.message(connection, { n: 1 })
      await assert.rejects(async () => handler.message(connection, 'exit'), {
        type: 'plugins.runner_restarted',
      })
      await eventually(
        () => connection.sent.length,
        (count) => count === 3,
      )
      assert.deepEqual(connection.sent, [
        { isResumed: false, kept: null, query: { market: 'x' } },
        { echo: { n: 1 }, kept: { n: 1 } },
        { isResumed: true, kept: { n: 1 }, query: { market: 'x' } },
      ])
    })
  })
}
