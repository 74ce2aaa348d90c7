import assert from 'node:assert/strict'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrateDown, migrateUp, type Migration } from '../database/index.ts'
import { ProblemError, refusalCatalogue, type Route } from '../contract/index.ts'
import { readPlugin } from '../plugins/index.ts'
import type { PluginManifest } from '../plugins/manifest.ts'
import { disablePlugin, planPlugin } from '../plugins/routes.ts'
import { createTestKernel, type TestKernel } from './test-kernel.ts'
import type { TestUser } from './test-users.ts'

const SUITE_TIMEOUT_MS = 60_000

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
      user = await kernel.createUser()
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

    it('names only refusals that exist', () => {
      for (const { rest, errors } of manifest.routes) {
        for (const code of errors) assert.ok(refusalCatalogue().has(code), `${rest}: ${code}`)
      }
    })
  })
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
