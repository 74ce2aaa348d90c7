import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { Platform } from '../../kernel/setup/index.ts'
import { openBrowser, type OpenedBrowser } from './browser.ts'
import {
  assertAccessible,
  assertNotReloaded,
  markDocument,
  open as openUrl,
  signIn as signInAt,
} from './page-steps.ts'
import { platform } from './platform.ts'

describe('the first trade', function () {
  this.timeout(120_000)
  let running: Platform
  let browser: OpenedBrowser
  let trader: Page
  let admin: Page

  before(async () => {
    running = await platform()
    browser = await openBrowser()
  })
  after(() => browser.close())

  const open = (page: Page, path: string) => openUrl(page, running.url + path)
  const signIn = (page: Page, email: string, path: string) => signInAt(page, email, running.url + path)

  async function ticket(page: Page, side: 'Buy' | 'Sell', price: string, quantity: string): Promise<void> {
    await page.getByRole('group', { name: 'Buy or sell' }).getByRole('button', { name: side }).click()
    await page.getByRole('textbox', { name: 'Price' }).fill(price)
    await page.getByRole('textbox', { name: 'Quantity' }).fill(quantity)
    await page.getByRole('button', { name: `${side} ${quantity} BTC` }).click()
  }

  it('starts with an account that anybody opens in one step', async () => {
    const page = await browser.newPage()
    await open(page, '/register')
    await assertAccessible(page)
    await page.getByRole('textbox', { name: 'Email address' }).fill('newcomer@example.com')
    await page.getByRole('textbox', { name: 'Password' }).fill('a long enough secret')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.waitForURL('**/dashboard')
    await page.getByText('Nothing here yet').waitFor()
    await page.getByRole('button', { name: 'Account', exact: true }).click()
    await page.getByText('newcomer@example.com').first().waitFor()
    await page.context().close()
  })

  it('shows an enabled product in an open tab without a reload', async () => {
    trader = await browser.newPage()
    await signIn(trader, 'trader@cambium.demo', '/login')
    await open(trader, '/dashboard')
    const main = trader.getByRole('navigation', { name: 'Main' })
    await main.getByRole('link', { name: 'Wallet' }).waitFor()
    assert.equal(await main.getByRole('link', { name: 'Trade' }).count(), 0)
    await markDocument(trader)

    admin = await browser.newPage()
    await signIn(admin, 'admin@cambium.demo', '/admin/login')
    await open(admin, '/admin/marketplace')
    await assertAccessible(admin)
    await admin.getByRole('link', { name: /Spot/ }).click()
    await admin.getByRole('button', { name: 'Enable' }).click()
    await admin.getByRole('checkbox', { name: 'I approve these grants' }).check()
    await admin.getByRole('button', { name: 'Enable Spot' }).click()
    await admin
      .getByRole('dialog')
      .getByText(/Spot is enabled after/)
      .waitFor()

    await main.getByRole('link', { name: 'Trade' }).waitFor()
    await trader
      .getByRole('main')
      .getByRole('link', { name: /BTC-USDT/ })
      .waitFor()
    await assertNotReloaded(trader)
    await admin.getByRole('button', { name: 'Close' }).last().click()
    await admin.getByRole('link', { name: 'Spot markets' }).waitFor()
  })

  it('renders the product on the server too', async () => {
    const response = await fetch(`${running.url}/markets`)
    assert.equal(response.status, 200)
    assert.match(await response.text(), /BTC-USDT|BTC<\/span>/)
  })

  it('rests an order, and shows its fill live to both sides', async () => {
    await trader.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Trade' }).click()
    await trader.getByRole('button', { name: /^Ask / }).first().waitFor()
    await ticket(trader, 'Buy', '61835.00', '0.01')
    await trader.getByRole('tab', { name: 'Open orders (1)' }).waitFor()

    const other = await browser.newPage()
    await signIn(other, 'trader2@cambium.demo', '/login')
    await open(other, '/trade/BTC-USDT')
    await other.getByRole('button', { name: 'Bid 61,835.00, quantity 0.01000' }).waitFor()
    await ticket(other, 'Sell', '61835.00', '0.01')

    await trader.getByRole('tab', { name: 'Open orders (0)' }).waitFor()
    const tabs = trader.getByRole('tablist', { name: 'Your trading' })
    await tabs.getByRole('tab', { name: 'Trades' }).click()
    await trader.getByRole('row', { name: /BTC-USDT Buy 61,835.* Maker/ }).waitFor()
    await assertNotReloaded(trader)
    await other.context().close()
  })

  it('reads without serious faults for people who use a screen reader', async () => {
    await assertAccessible(trader)
    await open(admin, '/admin/spot/markets')
    await admin.getByText('BTC-USDT').first().waitFor()
    await assertAccessible(admin)
  })

  it('works on a phone', async () => {
    const phone = await browser.newPage('narrow')
    await signIn(phone, 'trader@cambium.demo', '/login')
    await open(phone, '/trade/BTC-USDT')
    await phone.getByRole('button', { name: 'Buy', exact: true }).last().click()
    await phone.getByRole('textbox', { name: 'Quantity' }).waitFor()
    await assertAccessible(phone)
    const width = await phone.evaluate<number>('document.documentElement.scrollWidth')
    assert(width <= 390, `the page is ${width} px wide`)
    await phone.context().close()
  })

  it('takes a disabled product out of open tabs, and keeps its data', async () => {
    await open(admin, '/admin/marketplace/spot')
    await admin.getByRole('button', { name: 'Disable' }).click()
    await admin
      .getByRole('button', { name: /^Disable/ })
      .last()
      .click()
    await trader
      .getByRole('navigation', { name: 'Main' })
      .getByRole('link', { name: 'Trade' })
      .waitFor({ state: 'detached' })
    await trader
      .getByRole('main')
      .getByText(/no longer available/i)
      .waitFor()
    await assertNotReloaded(trader)
    assert.equal((await fetch(`${running.url}/api/spot/markets`)).status, 404)
  })

  it('leaves nothing in the console that should not be there', () => {
    assert.deepEqual(browser.problems, [])
  })
})
