import assert from 'node:assert/strict'
import type { Route } from '../../contract/index.ts'
import { implement, type Implementation } from '../../broker/index.ts'
import { ledgerRoutes, exchangeRoutes, pluginsRoutes } from './kernel-routes.ts'
import { openTestDoor, type TestDoor } from './test-door.ts'
import { identityRoutes } from '../../identity/routes.ts'
import { refusalCatalogue } from '../../contract/index.ts'
import { problemCodesOf } from '../open-api.ts'

const kernelRoutes: Readonly<Record<string, readonly Route[]>> = {
  ledger: ledgerRoutes,
  exchange: exchangeRoutes,
  plugins: pluginsRoutes,
}

const forEverybody: ReadonlySet<string> = new Set([
  'identity.sessions.current',
  'identity.sessions.login',
  'identity.sessions.logout',
  'identity.users.register',
])

const allRoutes: readonly Route[] = [...identityRoutes, ...Object.values(kernelRoutes).flat()]

describe('every route of the kernel', () => {
  let door: TestDoor
  const reached: string[] = []

  before(async () => {
    door = await openTestDoor()
    for (const [owner, routes] of Object.entries(kernelRoutes)) {
      const reaching = routes.map((route) =>
        implement(route, () => {
          reached.push(route.action)
          throw new Error('A stranger came through.')
        }),
      )
      door.serve(owner, reaching as unknown as Implementation<never>[])
    }
  })

  after(() => door.stop())

  const knock = (route: Route) =>
    fetch(`${door.origin}/api${route.path.replace(/:[A-Za-z]+/g, 'x')}`, {
      method: route.method,
      headers: { 'content-type': 'application/json', 'idempotency-key': 'stranger' },
      ...(route.method === 'GET' ? {} : { body: '{}' }),
    })

  it('refuses strangers, before it looks at what they sent, unless it is public', async () => {
    assert.ok(allRoutes.length > 20)
    for (const route of allRoutes.filter(({ permission }) => permission !== 'public')) {
      const response = await knock(route)
      assert.equal(response.status, 401, `${route.action} answered ${response.status}`)
      assert.equal(((await response.json()) as { type: string }).type, '/problems/platform.sign_in_required')
    }
    assert.deepEqual(reached, [])
  })

  it('is public only where that was meant', () => {
    const open = allRoutes.filter(({ permission }) => permission === 'public').map(({ action }) => action)
    const writing = allRoutes.filter(
      ({ permission, method, rateLimit }) =>
        permission === 'public' && method !== 'GET' && rateLimit === undefined,
    )
    for (const action of forEverybody) assert.ok(open.includes(action), `${action} must be open`)
    assert.deepEqual(
      writing.map(({ action }) => action),
      ['identity.sessions.logout'],
      'what anybody may write needs a limit of its own',
    )
  })

  it('names only refusals that are declared', () => {
    for (const route of allRoutes) {
      for (const code of problemCodesOf(route)) {
        assert.ok(refusalCatalogue().has(code), `${route.action} names ${code}, which nobody declares`)
      }
    }
  })

  it('is called as its owner, resource and verb', () => {
    for (const { action, summary } of allRoutes) {
      assert.match(action, /^[a-z]+(\.[a-z][A-Za-z]*){2}$/)
      assert.ok(summary.length > 5)
    }
    assert.equal(new Set(allRoutes.map(({ action }) => action)).size, allRoutes.length)
  })
})
