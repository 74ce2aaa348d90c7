import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { Platform } from '../../kernel/setup/index.ts'
import { openBrowser, type OpenedBrowser } from './browser.ts'
import { assertAccessible, assertNotReloaded, markDocument, open as openUrl, signIn } from './page-steps.ts'
import { platform } from './platform.ts'

describe('an operator’s day', function () {
  this.timeout(180_000)
  let running: Platform
  let browser: OpenedBrowser
  let admin: Page
  let visitor: Page

  before(async () => {
    running = await platform()
    browser = await openBrowser()
    admin = await browser.newPage()
    visitor = await browser.newPage()
    await signIn(admin, 'admin@cambium.demo', `${running.url}/admin/login`)
  })
  after(() => browser.close())

  const open = (at: Page, path: string) => openUrl(at, running.url + path)

  it('begins at home, with a verdict, how things go, and what was done last', async () => {
    await open(admin, '/admin/')
    await admin
      .getByText(/Everything is all right|needs? you/)
      .first()
      .waitFor()
    await admin.getByRole('heading', { name: 'New accounts' }).waitFor()
    await admin.getByRole('heading', { name: 'Fees', exact: true }).waitFor()
    await assertAccessible(admin)
  })

  it('closes the platform for maintenance, and an open tab of a visitor says so at once', async () => {
    await open(visitor, '/')
    await markDocument(visitor)
    await open(admin, '/admin/maintenance')
    await admin.getByRole('button', { name: 'Close for maintenance' }).first().click()
    const form = admin.getByRole('dialog')
    await form.getByRole('textbox', { name: 'Message to users' }).fill('Back soon.')
    await assertAccessible(admin)
    await form.getByRole('button', { name: 'Close now' }).click()
    const banner = visitor.getByText('The platform is closed for maintenance.')
    await banner.waitFor()
    await visitor.getByText('Back soon.').waitFor()
    await assertAccessible(visitor)

    await admin.getByRole('button', { name: 'Open again' }).click()
    await admin.getByRole('dialog').getByRole('button', { name: 'Open again' }).click()
    await banner.waitFor({ state: 'detached' })
    await assertNotReloaded(visitor)
  })

  it('announces something, and two operators who write at once lose nothing', async () => {
    await open(admin, '/admin/announcements')
    await admin.getByRole('button', { name: 'Write an announcement' }).first().click()
    const form = admin.getByRole('dialog')
    await form.getByRole('textbox', { name: 'Title' }).fill('New fees in May')
    await form.getByRole('button', { name: 'Publish' }).click()
    await visitor.getByText('New fees in May').waitFor()

    const other = await admin.context().newPage()
    await open(other, '/admin/announcements')
    for (const page of [admin, other]) {
      await page.getByRole('row', { name: /New fees in May/ }).click()
      await page.getByRole('dialog').getByRole('textbox', { name: 'Title' }).waitFor()
    }
    await admin.getByRole('dialog').getByRole('textbox', { name: 'Title' }).fill('New fees in June')
    await admin.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await visitor.getByText('New fees in June').waitFor()

    await other.getByRole('dialog').getByRole('textbox', { name: 'Title' }).fill('New fees in July')
    await other.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
    const conflict = other.getByRole('alert').filter({ hasText: 'Somebody saved before you' })
    await conflict.getByText('New fees in June').waitFor()
    await assertAccessible(other)
    await conflict.getByRole('button', { name: 'Save mine over it' }).click()
    await visitor.getByText('New fees in July').waitFor()
    await other.close()
  })

  it('takes announcements down together, after asking', async () => {
    const row = admin.getByRole('row', { name: /New fees in July/ })
    await row.getByRole('checkbox').check()
    await admin.getByRole('button', { name: 'Take down' }).click()
    const dialog = admin.getByRole('dialog')
    await dialog.getByText('Take down 1 announcement?').waitFor()
    await dialog.getByRole('button', { name: 'Take down' }).click()
    await visitor.getByText('New fees in July').waitFor({ state: 'detached' })
  })

  it('changes a setting found by typing, and takes it back while another tab follows', async () => {
    const other = await admin.context().newPage()
    await open(other, '/admin/settings')
    await open(admin, '/admin/settings')
    await admin.getByRole('searchbox', { name: 'Find a setting' }).fill('smtp')
    const mail = admin.getByRole('region', { name: 'Mail' })
    await mail.getByRole('textbox', { name: 'Port' }).waitFor({ state: 'hidden' })
    await mail.getByRole('textbox', { name: 'Server' }).fill('mail.example.com')
    await mail.getByText('1 change not saved').waitFor()
    await assertAccessible(admin)
    await mail.getByRole('button', { name: 'Save' }).click()
    const elsewhere = other.getByRole('region', { name: 'Mail' })
    await elsewhere.getByRole('button', { name: 'Undo last change of Mail' }).click()
    await mail.getByRole('button', { name: 'History of Mail' }).click()
    await admin.getByRole('dialog').getByText('mail.example.com').nth(1).waitFor()
    await admin.keyboard.press('Escape')
    assert.equal(await mail.getByRole('textbox', { name: 'Server' }).inputValue(), '')
    await other.close()
  })

  it('turns a feature off, and an open tab of a visitor does without it at once', async () => {
    await open(visitor, '/')
    await markDocument(visitor)
    const offer = visitor.getByRole('link', { name: 'Sign up' }).first()
    await offer.waitFor()
    await open(admin, '/admin/toggles')
    for (const state of ['Off', 'On']) {
      await admin.getByRole('row', { name: /Opening accounts/ }).click()
      const form = admin.getByRole('dialog')
      await form.getByRole('radio', { name: new RegExp(`^${state}`) }).click()
      await assertAccessible(admin)
      await form.getByRole('button', { name: 'Save' }).click()
      await form.waitFor({ state: 'detached' })
      await offer.waitFor({ state: state === 'Off' ? 'detached' : 'visible' })
    }
    await assertNotReloaded(visitor)
  })

  it('ends in the audit, line by line, with what was changed', async () => {
    await open(admin, '/admin/audit')
    await assertAccessible(admin)
    await admin
      .getByRole('row', { name: /Change an announcement/ })
      .first()
      .click()
    const detail = admin.getByRole('dialog')
    await detail.getByText('New fees in June').first().waitFor()
    await detail.getByText('New fees in July').first().waitFor()
    // The refusal of the older of two changes is what the browser calls a failed resource.
    assert.deepEqual(
      browser.problems.filter((problem) => !problem.includes('409 (Conflict)')),
      [],
    )
  })
})
