import assert from 'node:assert/strict'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { migrateDown, migrateUp, type Migration } from '../database/index.ts'
import { ProblemError, refusalCatalogue, type Route } from '../contract/index.ts'
import { runLedgerCheck } from '../ledger/routes.ts'
import { readPlugin } from '../plugins/index.ts'
import type { PluginManifest } from '../plugins/manifest.ts'
import { disablePlugin, planPlugin, showUi } from '../plugins/routes.ts'
import { timers, traceOf } from './plugin-trace.ts'
import { createTestKernel, type TestKernel } from './test-kernel.ts'
import { startTestPortal } from './test-portal.ts'
import type { TestUser } from './test-users.ts'

const SUITE_TIMEOUT_MS = 60_000
const TIMERS_WITHIN_MS = 10_000
const TIMERS_POLL_MS = 50

/**
 * Declares the contract suite that every plugin passes: `testPlugin(new URL('..', import.meta.url))` in a test file of
 * its own. It enables the plugin, after those it requires, in a kernel made for it.
 */
export function testPlugin(folder: URL): void {
  const directory = path.resolve(fileURLToPath(folder))
  const id = path.basename(directory)

  describe(`contract of the plugin ${id}`, function () {
    this.timeout(SUITE_TIMEOUT_MS)
    let kernel: TestKernel
    let manifest: PluginManifest
    let migrations: readonly Migration[]
    let user: TestUser

    before(async () => {
      const plugin = await readPlugin(directory)
      manifest = plugin.manifest
      migrations = plugin.migrations
      kernel = await createTestKernel({ pluginsDirectory: path.dirname(directory) })
      user = await kernel.createUser({ funding: { USDT: '1000', BTC: '1' }, spot: { USDT: '1000' } })
    })
    after(() => kernel.stop())

    it('keeps the rules of names and files', async () => {
      for (const required of Object.keys(manifest.requires ?? {})) await kernel.enable(required)
      const plan = await kernel.call(planPlugin, { pluginId: id })
      assert.deepEqual(plan.problems, [])
    })

    it('migrates up, down and up again, touching only tables of its own name', async () => {
      const { database } = kernel.parts
      const before = await tables(kernel)
      await migrateUp(database, id, migrations)
      const own = (await tables(kernel)).filter((name) => !before.includes(name))
      const prefix = `${id.replaceAll('-', '_')}_`
      assert.deepEqual(
        own.filter((name) => !name.startsWith(prefix)),
        [],
      )
      await migrateDown(database, id, migrations)
      assert.deepEqual(await tables(kernel), before)
    })

    it('is enabled, disabled and enabled again', async () => {
      await kernel.enable(id)
      assert.equal((await kernel.call(disablePlugin, { pluginId: id })).state, 'done')
      for (const route of manifest.routes) {
        assert.equal(await outcome(kernel, route, 'stranger'), 'plugins.plugin_disabled', route.rest)
      }
      await kernel.enable(id)
    })

    it('refuses strangers wherever a route asks for somebody', async () => {
      for (const route of manifest.routes) {
        if (route.permission === 'public') continue
        assert.equal(await outcome(kernel, route, 'stranger'), 'platform.sign_in_required', route.rest)
      }
    })

    it('refuses users what they have no permission for', async () => {
      for (const route of manifest.routes) {
        if (route.permission === 'signedIn' || route.permission === 'public') continue
        const isHeld = manifest.permissions.some(
          (permission) => permission.id === route.permission && permission.roles.includes('user'),
        )
        if (isHeld) continue
        assert.equal(await outcome(kernel, route, user), 'platform.permission_missing', route.rest)
      }
    })

    it('answers every read that needs no parameters as its route declares', async () => {
      const admin = await kernel.createUser({ role: 'admin' })
      for (const route of manifest.routes.filter(isPlainRead)) {
        const answer = await outcome(kernel, route, admin)
        assert.ok(answer === 'answered' || route.errors.includes(answer), `${route.rest}: ${answer}`)
      }
    })

    it('shows every page of the portal, rendered by its server', () => rendersPages(kernel, manifest))

    it('has the pages of both frontends where they are asked for', async () => {
      for (const app of ['portal', 'admin'] as const) {
        if (!manifest.ui?.[app]) continue
        const shown = (await kernel.call(showUi, { app })).plugins.find((plugin) => plugin.id === id)
        const files = [shown?.module, shown?.css].filter((file) => typeof file === 'string')
        assert.ok(files.length > 0, `${app} shows nothing of it`)
        for (const file of files) assert.equal((await fetch(kernel.origin + file)).status, 200, file)
      }
    })

    it('loses no money and makes none', async () => {
      const { balanced, breaks } = await kernel.call(runLedgerCheck, {})
      assert.deepEqual({ balanced, breaks }, { balanced: true, breaks: [] })
    })

    it('leaves no trace when it is disabled', () => leavesNoTrace(kernel, id))

    it('names only refusals that exist', () => {
      for (const { rest, errors } of manifest.routes) {
        for (const code of errors) assert.ok(refusalCatalogue().has(code), `${rest}: ${code}`)
      }
    })
  })
}

/** Errors inside a page are caught at its edge, so that the answer alone does not tell. */
async function rendersPages(kernel: TestKernel, manifest: PluginManifest): Promise<void> {
  const pages = manifest.ui?.portal?.pages ?? []
  if (pages.length === 0) return
  const { cookie } = await kernel.createUser({ role: 'admin', funding: { USDT: '100' } })
  const portal = await startTestPortal(kernel.origin)
  try {
    for (const { path: place } of pages) {
      const { status, html } = await portal.render(place.replaceAll(/:[A-Za-z]+/g, 'none'), cookie)
      assert.equal(status, 200, `${place}: ${html.slice(0, 400)}`)
      assert.match(html, /<main[\s>]/, place)
    }
    const own = portal.complaints.join('').split('\n')
    assert.deepEqual(
      own.filter((line) => line.startsWith(`[${manifest.id}@`)),
      [],
    )
  } finally {
    await portal.stop()
  }
}

/** Once around first: what the platform itself sets up at a first time is not the plugin's. */
async function leavesNoTrace(kernel: TestKernel, id: string): Promise<void> {
  await kernel.call(disablePlugin, { pluginId: id })
  const [before, timersBefore] = [await traceOf(kernel), timers()]
  await kernel.enable(id)
  assert.notDeepEqual(await traceOf(kernel), before)
  await kernel.call(disablePlugin, { pluginId: id })
  assert.deepEqual(await traceOf(kernel), before)
  assert.ok(!JSON.stringify(before).includes(`"${id}`), 'something of it is still shown')
  for (const deadline = Date.now() + TIMERS_WITHIN_MS; timers() > timersBefore; await pause(TIMERS_POLL_MS)) {
    assert.ok(Date.now() < deadline, `${timers() - timersBefore} timers are left`)
  }
}

/** Results are compared with their schemas by the broker, so a call that is answered is answered rightly. */
function isPlainRead({ method, path: place, params }: Route): boolean {
  const { required = [] } = params as { required?: readonly string[] }
  return method === 'GET' && !place.includes(':') && required.length === 0
}

/** The code of the refusal, or `answered`. Parameters in the path are made up: who may call is decided before. */
async function outcome(kernel: TestKernel, route: Route, as: TestUser | 'stranger'): Promise<string> {
  const names = [...route.path.matchAll(/:([A-Za-z]+)/g)].map((match) => match[1] as string)
  const params = Object.fromEntries(names.map((name) => [name, 'none']))
  try {
    await kernel.call(route, params as never, { as })
    return 'answered'
  } catch (error) {
    if (error instanceof ProblemError) return error.code
    throw error
  }
}

async function tables(kernel: TestKernel): Promise<readonly string[]> {
  const [rows] = (await kernel.parts.database.raw(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1',
  )) as [readonly { readonly name: string }[]]
  return rows.map(({ name }) => name)
}
