import assert from 'node:assert/strict'
import { operatorApi } from '../../kernel/cli/operator-api.ts'
import { createFunding } from '../../kernel/exchange/routes.ts'
import { listUsers } from '../../kernel/identity/routes.ts'
import type { Platform } from '../../kernel/setup/index.ts'
import { enableProducts } from '../screens/furnish.ts'
import { openBrowser, type OpenedBrowser } from './browser.ts'
import { assertAccessible, assertNotReloaded, markDocument, open } from './page-steps.ts'
import { platform } from './platform.ts'

describe('the portal', function () {
  this.timeout(180_000)
  let running: Platform
  let browser: OpenedBrowser

  before(async () => {
    running = await platform()
    process.env.OPERATOR_SOCKET = running.operatorSocket
    await enableProducts()
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    delete process.env.OPERATOR_SOCKET
  })

  const read = async (path: string) => {
    const response = await fetch(running.url + path)
    return { status: response.status, text: await response.text() }
  }

  it('shows strangers what there is in the first answer, with a title, a description and one address', async () => {
    const expected = {
      '/': ['BTC-USDT', 'Earn on what you hold'],
      '/assets': ['Bitcoin', 'Ether'],
      '/assets/BTC': ['Bitcoin', 'Trade'],
      '/fees': ['Maker', 'Loses the rewards of the term'],
    }
    for (const [path, words] of Object.entries(expected)) {
      const { status, text } = await read(path)
      assert.equal(status, 200, path)
      for (const word of words) assert.ok(text.includes(word), `${path} has no ${word}`)
      assert.match(text, /<title>[^<]+<\/title>/, path)
      assert.match(text, /<meta name="description" content="[^"]+"/, path)
      assert.match(text, /<meta property="og:title" content="[^"]+"/, path)
      assert.ok(
        text.includes(`<link rel="canonical" href="${running.url}${path}"`),
        `${path} has no canonical`,
      )
    }
    assert.equal((await read('/assets/NOTHING')).status, 404)
  })

  it('tells search engines its public pages, and keeps them out of accounts', async () => {
    const map = (await read('/sitemap.xml')).text
    for (const path of ['/', '/assets', '/assets/BTC', '/fees', '/markets', '/earn'])
      assert.ok(map.includes(`<loc>${running.url}${path}</loc>`), path)
    assert.ok(!map.includes('/dashboard'))
    const robots = (await read('/robots.txt')).text
    assert.match(robots, /Disallow: \/dashboard/)
    assert.ok(robots.includes(`Sitemap: ${running.url}/sitemap.xml`))
  })

  it('asks for its look first, and for nothing that a first page does not show', async () => {
    const head = (await read('/')).text.split('</head>')[0] ?? ''
    assert.doesNotMatch(head, /rel="prefetch"/)
    // The platform's sheet has all of the one the app was built with.
    assert.doesNotMatch(head, /_nuxt\/entry\.[^"]*\.css/)
    assert.ok(head.indexOf('data-platform-sheet') < head.indexOf('rel="modulepreload"'))
  })

  it('loads under 200 kB of compressed script for itself on a first page, whatever plugins bring', async () => {
    const page = await browser.newPage('narrow')
    for (const path of ['/', '/assets', '/status', '/register']) {
      await open(page, running.url + path)
      await page.waitForLoadState('networkidle')
      const bytes = await page.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .filter(({ name }) => /\/_nuxt\/[^/]+\.js$/.test(name))
          .reduce((sum, entry) => sum + (entry as unknown as { encodedBodySize: number }).encodedBodySize, 0),
      )
      assert.ok(bytes > 100_000 && bytes < 200_000, `${path} loads ${bytes} bytes of script`)
    }
    await page.context().close()
  })

  it('has public pages that anybody can use, and in which nothing jumps', async () => {
    for (const screen of ['wide', 'narrow'] as const) {
      const page = await browser.newPage(screen)
      await page.addInitScript(() => {
        const shifts: number[] = []
        Object.assign(globalThis, { shifts })
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value)
        }).observe({ type: 'layout-shift' as 'mark', buffered: true })
      })
      for (const path of ['/', '/assets', '/assets/BTC', '/fees']) {
        await open(page, running.url + path)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await assertAccessible(page)
        const moved = await page.evaluate(() =>
          (globalThis as unknown as { shifts: number[] }).shifts.reduce((sum, shift) => sum + shift, 0),
        )
        assert.ok(moved < 0.01, `${path} moved by ${moved} (${screen})`)
      }
      await page.context().close()
    }
  })

  it('comes back to a page with what it showed, before anything is asked again', async () => {
    const page = await browser.newPage()
    await open(page, `${running.url}/assets`)
    const footer = page.getByRole('contentinfo')
    await footer.getByRole('link', { name: 'Fees' }).click()
    await page.waitForURL('**/fees')
    // Never answered, so that only what was kept can be seen.
    await page.route('**/api/**', () => undefined)
    const asked = page.waitForRequest('**/api/**')
    await footer.getByRole('link', { name: 'Assets' }).click()
    await page.getByRole('main').getByText('Bitcoin').filter({ visible: true }).first().waitFor()
    await page.waitForURL('**/assets')
    await asked
    await page.context().close()
  })

  it('leads a new user to the next step, live when one is done elsewhere', async () => {
    const email = 'beginner@example.com'
    const page = await browser.newPage('narrow')
    await open(page, `${running.url}/register`)
    await page.getByRole('textbox', { name: 'Email address' }).fill(email)
    await page.getByRole('textbox', { name: 'Password' }).fill('a long enough secret')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.waitForURL('**/dashboard')
    const card = page.getByRole('region', { name: 'Next step' })
    await card.getByRole('heading', { name: 'Secure your account' }).waitFor()
    await assertAccessible(page)

    await card.getByRole('button', { name: 'Options of this step' }).click()
    await page.getByRole('menuitem', { name: 'Remind me in a week' }).click()
    await card.getByRole('heading', { name: 'Add funds' }).waitFor()
    await card.getByText('0 of 4 done').waitFor()

    await markDocument(page)
    const { items } = await operatorApi()(listUsers, { search: email })
    const userId = items[0]?.id ?? ''
    const paid = { userId, assetId: 'USDT', amount: '100', wallet: 'funding' as const, reason: 'A test' }
    await operatorApi()(createFunding, paid, { idempotencyKey: `portal-${userId}` })
    await card.getByRole('heading', { name: 'Place your first order' }).waitFor()
    await card.getByText('1 of 4 done').waitFor()
    await assertNotReloaded(page)
    await page.reload()
    await card.getByRole('heading', { name: 'Place your first order' }).waitFor()
    await page.context().close()
  })

  it('keeps the cards of the own home page where they were put, and amounts hidden, from the first paint on', async () => {
    const page = await browser.newPage('wide')
    await open(page, `${running.url}/register`)
    await page.getByRole('textbox', { name: 'Email address' }).fill('arranger@example.com')
    await page.getByRole('textbox', { name: 'Password' }).fill('a long enough secret')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.waitForURL('**/dashboard')
    const order = () =>
      page.locator('[data-card]').evaluateAll((cards) => cards.map((card) => card.getAttribute('data-card')))
    await page.getByRole('button', { name: 'Arrange' }).click()
    await page.getByRole('button', { name: 'Hide Earn' }).click()
    await page.getByRole('button', { name: 'Show Earn' }).waitFor()
    await page.getByRole('button', { name: 'Move What you own down' }).press('Enter')
    await page
      .getByRole('status')
      .filter({ hasText: 'What you own stands in column 1, place 2 now' })
      .waitFor()
    const focused = page.locator('[data-card="own:balances"] button:focus')
    assert.equal(await focused.getAttribute('data-move'), 'down')
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('button', { name: 'Hide amounts' }).click()
    await page.getByRole('button', { name: 'Hide amounts', pressed: true }).waitFor()
    const arranged = ['own:nextStep', 'own:balances', 'spot:markets', 'own:activity']
    assert.deepEqual(await order(), arranged)

    const kept = async (): Promise<boolean> => {
      const html = await (await page.request.get(`${running.url}/dashboard`)).text()
      const cards = [...html.matchAll(/data-card="([^"]+)"/g)].map(([, id]) => id)
      return cards.join() === arranged.join() && html.includes('••••')
    }
    const deadline = performance.now() + 10_000
    while (!(await kept())) assert.ok(performance.now() < deadline, 'the server draws it as it was left')
    await page.getByRole('button', { name: 'Arrange' }).click()
    await page.getByRole('button', { name: 'Reset' }).click()
    await page.getByRole('button', { name: 'Hide Earn' }).waitFor()
    await page.context().close()
  })

  it('complains about nothing in the console', () => {
    assert.deepEqual(browser.problems, [])
  })
})
