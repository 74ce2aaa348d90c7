import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { packFolder } from '../../kernel/plugins/index.ts'
import {
  fixturePlugins,
  manifestSource,
  migrationSource,
  serverSource,
} from '../../kernel/plugins/test/fixture.ts'
import type { Platform } from '../../kernel/setup/index.ts'
import { openBrowser, type OpenedBrowser } from './browser.ts'
import { assertAccessible, open, signIn } from './page-steps.ts'
import { platform } from './platform.ts'

const hosts = (...names: string[]) =>
  `grants: { outboundHosts: [${names.map((name) => `'${name}'`).join()}] },`

/** Two packages of one plugin: the second asks for a host more, has a table more, and answers with its version. */
async function packTwo(): Promise<readonly [first: Buffer, second: Buffer]> {
  const plugins = await fixturePlugins()
  try {
    const folder = await plugins.write('sample', {
      'plugin.ts': manifestSource('sample', { extra: hosts('a.example') }),
    })
    const first = await packFolder(folder)
    await plugins.write('sample', {
      'plugin.ts': manifestSource('sample', { version: '1.1.0', extra: hosts('a.example', 'b.example') }),
      'server/server.ts': serverSource(2),
      'migrations/0002-tags.ts': migrationSource('sample_tags'),
    })
    const second = await packFolder(folder)
    return [first.bytes, second.bytes]
  } finally {
    await plugins.dispose()
  }
}

describe('the marketplace', function () {
  this.timeout(120_000)
  let running: Platform
  let browser: OpenedBrowser
  let admin: Page
  let packages: readonly [Buffer, Buffer]

  before(async () => {
    running = await platform()
    browser = await openBrowser()
    packages = await packTwo()
    admin = await browser.newPage()
    await signIn(admin, 'admin@cambium.demo', `${running.url}/admin/login`)
  })
  after(() => browser.close())

  const dialog = () => admin.getByRole('dialog')

  async function servedVersion(): Promise<unknown> {
    const response = await fetch(`${running.url}/api/sample/ping`)
    return response.ok ? ((await response.json()) as { version: number }).version : response.status
  }

  /** Nobody stands for the fixture's packages, so each is let in by hand. */
  async function upload(version: string, buffer: Buffer): Promise<void> {
    await open(admin, `${running.url}/admin/marketplace`)
    await admin.getByRole('button', { name: 'Upload package' }).click()
    await admin
      .locator('input[type=file]')
      .setInputFiles({ name: `sample-${version}.tgz`, mimeType: 'application/gzip', buffer })
    await dialog().getByText('The package is not signed').waitFor()
    assert.equal(await dialog().getByRole('button', { name: 'Install it unsigned' }).isEnabled(), false)
    await dialog().getByRole('checkbox', { name: 'I know where this file comes from' }).check()
    await dialog().getByRole('button', { name: 'Install it unsigned' }).click()
    await dialog().getByText(`sample ${version} is installed`).waitFor()
    await dialog().getByRole('link', { name: 'Look at it' }).click()
    await admin.getByRole('heading', { name: 'Fixture', level: 1 }).waitFor()
  }

  /** Begins what the panel is about and waits for the sentence that ends it. */
  async function begin(name: string, ending: RegExp): Promise<void> {
    await dialog().getByRole('button', { name }).click()
    await dialog().getByText(ending).waitFor()
    await dialog().getByRole('button', { name: 'Close' }).last().click()
  }

  async function choose(entry: string): Promise<void> {
    await admin.getByRole('button', { name: 'More for Fixture' }).click()
    await admin.getByRole('menuitem', { name: entry }).click()
  }

  it('takes a package that nobody signed only with consent, and enables nothing', async () => {
    await upload('1.0.0', packages[0])
    assert.equal(await servedVersion(), 404)
  })

  it('enables it with its plan, once its grants are approved', async () => {
    await admin.getByRole('button', { name: 'Enable' }).click()
    await dialog().getByText('create table `sample_notes`').waitFor()
    assert.equal(await dialog().getByRole('button', { name: 'Enable Fixture' }).isEnabled(), false)
    await assertAccessible(admin)
    await dialog().getByRole('checkbox', { name: 'I approve these grants' }).check()
    await begin('Enable Fixture', /Fixture is enabled after/)
    assert.equal(await servedVersion(), 1)
  })

  it('updates it after consent to what the new version asks for beside', async () => {
    await upload('1.1.0', packages[1])
    await admin.getByRole('button', { name: 'Update to 1.1.0' }).click()
    await dialog()
      .getByRole('listitem')
      .filter({ hasText: /^b\.example, New$/ })
      .waitFor()
    await dialog().getByRole('checkbox', { name: 'I approve these grants' }).check()
    await begin('Update Fixture to 1.1.0', /Fixture was updated in/)
    assert.equal(await servedVersion(), 2)
  })

  it('goes back to the version before', async () => {
    await choose('Roll back to 1.0.0')
    await begin('Roll Fixture back to 1.0.0', /Fixture was rolled back in/)
    assert.equal(await servedVersion(), 1)
  })

  it('deletes it with its data only when its id is typed', async () => {
    await choose('Disable')
    await begin('Disable Fixture', /Fixture is disabled after/)
    await choose('Uninstall')
    await dialog().getByRole('radio', { name: 'Delete everything' }).click()
    const uninstall = dialog().getByRole('button', { name: 'Uninstall Fixture' })
    assert.equal(await uninstall.isEnabled(), false)
    await dialog().getByRole('textbox', { name: 'Type sample to confirm' }).fill('sample')
    await begin('Uninstall Fixture', /Fixture was uninstalled after/)
    await admin.waitForURL('**/admin/marketplace')
    await admin
      .getByRole('link', { name: /by Cambium/ })
      .first()
      .waitFor()
    // The list is drawn from memory at once and renewed behind.
    await admin.getByRole('link', { name: /Fixture/ }).waitFor({ state: 'detached' })
    assert.equal(await servedVersion(), 404)
  })
})
