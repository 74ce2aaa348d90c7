import assert from 'node:assert/strict'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { kitGroups } from '../../admin-nuxt/app/composables/kit-parts.ts'
import type { Platform } from '../../kernel/setup/index.ts'
import { openBrowser, type OpenedBrowser } from './browser.ts'
import { open, signIn } from './page-steps.ts'
import { platform } from './platform.ts'

/** What the test asks of the page's own world, which it has no types of. */
interface PageWorld {
  readonly document: {
    readonly activeElement: {
      readonly dataset: { readonly row?: string }
      readonly textContent: string
    } | null
    readonly documentElement: {
      readonly dir: string
      readonly classList: { contains(name: string): boolean }
    }
    querySelector(selector: string): { scrollTop: number; readonly scrollHeight: number } | null
    querySelectorAll(selector: string): { readonly length: number }
  }
  requestAnimationFrame(then: (time: number) => void): void
}

interface Frames {
  readonly count: number
  readonly longestMs: number
  readonly rowsMax: number
}

/** Scrolls a grid down over two seconds and looks at every frame. */
async function scrollFrames(page: Page): Promise<Frames> {
  return page.evaluate(async () => {
    const { document, requestAnimationFrame } = globalThis as unknown as PageWorld
    const viewport = document.querySelector('[role=table]')
    let [count, longestMs, rowsMax, last, first] = [0, 0, 0, 0, 0]
    await new Promise<void>((resolve) => {
      const step = (time: number): void => {
        first ||= time
        if (last > 0) longestMs = Math.max(longestMs, time - last)
        last = time
        count += 1
        rowsMax = Math.max(rowsMax, document.querySelectorAll('[role=table] [role=row]').length)
        if (viewport) viewport.scrollTop += 120
        if (time - first < 2_000) requestAnimationFrame(step)
        else resolve()
      }
      requestAnimationFrame(step)
    })
    return { count, longestMs: Math.round(longestMs), rowsMax }
  })
}

describe('the kit', function () {
  this.timeout(300_000)
  let running: Platform
  let browser: OpenedBrowser
  let page: Page

  before(async () => {
    running = await platform()
    browser = await openBrowser()
    page = await browser.newPage()
    await signIn(page, 'admin@cambium.demo', `${running.url}/admin/login`)
  })
  after(() => browser.close())

  async function show(part: string): Promise<void> {
    await open(page, `${running.url}/admin/kit/${part}`)
    await page.locator('[data-state-of-kit]').first().waitFor()
  }
  const state = (name: string) =>
    page.locator('[data-state-of-kit]').filter({ has: page.getByRole('heading', { name, exact: true }) })

  /** No rule of level A or AA, of any impact. The frame around the part is the matter of other tests. */
  async function assertFlawless(rules?: readonly string[], place = 'main'): Promise<void> {
    const builder = new AxeBuilder({ page }).include(place)
    if (rules) builder.withRules([...rules])
    else builder.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    const { violations } = await builder.analyze()
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    assert.deepEqual(found, [], `on ${page.url()}`)
  }

  async function turn(isDark: boolean): Promise<void> {
    const dark = page.getByRole('button', { name: 'Dark', exact: true })
    if ((await dark.getAttribute('aria-pressed')) === String(isDark)) return
    await dark.click()
    await page.waitForFunction(
      (wanted) =>
        (globalThis as unknown as PageWorld).document.documentElement.classList.contains('dark') === wanted,
      isDark,
    )
  }

  /** All rules in the theme the page is in, then what the themes differ in, in the other. */
  async function assertFlawlessInBoth(isDarkNext: boolean): Promise<void> {
    await assertFlawless()
    await turn(isDarkNext)
    await assertFlawless(['color-contrast'])
  }

  for (const { id, parts } of kitGroups) {
    it(`has every state of its ${id}, which axe finds nothing against in either theme`, async () => {
      const [first = '', ...others] = parts
      await show(first)
      await assertFlawlessInBoth(true)
      for (const [index, part] of others.entries()) {
        await page.getByRole('link', { name: part, exact: true }).click()
        await page.getByRole('heading', { level: 1, name: part, exact: true }).waitFor()
        await page.locator('[data-state-of-kit]').first().waitFor()
        await assertFlawlessInBoth(index % 2 === 1)
      }
      await turn(false)
    })
  }

  it('lists ten thousand rows of which only those in sight are in the page', async () => {
    await show('CDataGrid')
    await page.getByRole('button', { name: 'Start the stream' }).click()
    const frames = await scrollFrames(page)
    console.log(
      `      ${frames.count / 2} frames a second, the longest took ${frames.longestMs} ms, ${frames.rowsMax} rows`,
    )
    assert.ok(frames.rowsMax < 60, `${frames.rowsMax} rows in the page`)
    await page.evaluate(() => {
      const { document } = globalThis as unknown as PageWorld
      const viewport = document.querySelector('[role=table]')
      if (viewport) viewport.scrollTop = viewport.scrollHeight
    })
    await page.getByRole('cell', { name: 'MARKET-10000' }).waitFor()
    assert.equal(
      await page.getByRole('table', { name: 'Quotes', exact: true }).getAttribute('aria-rowcount'),
      '10001',
    )
  })

  it('has lists one works through without a mouse', async () => {
    await show('CList')
    const focused = () =>
      page.evaluate(() => (globalThis as unknown as PageWorld).document.activeElement?.dataset.row)
    await page.keyboard.press('j')
    assert.equal(await focused(), 'order-00001')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('Shift+X')
    await page.getByText('3 selected').waitFor()
    await page.keyboard.press('k')
    assert.equal(await focused(), 'order-00003')
    await page.keyboard.press('Enter')
    await page.getByText('Opened order-00003').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('3 selected').waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    await page.keyboard.type('00007')
    await page.waitForURL((url) => url.searchParams.get('q') === '00007')
    await page
      .getByRole('table', { name: 'Orders', exact: true })
      .getByRole('row')
      .nth(2)
      .waitFor({ state: 'detached' })
  })

  it('keeps views, tells of what changed in them, and takes a removal back', async () => {
    await show('CList')
    await page.getByRole('button', { name: 'Failed', exact: true }).click()
    await page.waitForURL((url) => url.searchParams.get('state') === 'failed')
    await page.getByRole('searchbox', { name: 'Search orders' }).fill('BTC')
    await page.getByRole('button', { name: 'Save as view' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Failed on BTC')
    await page.getByRole('dialog').getByRole('button', { name: 'Save as view' }).click()
    const tab = page.getByRole('button', { name: /^Failed on BTC/ })
    await tab.and(page.locator('[aria-pressed=true]')).waitFor()
    await page.getByRole('button', { name: 'All', exact: true }).click()
    await page.waitForURL((url) => !url.searchParams.has('q'))
    await show('CList')
    await tab.click()
    await page.waitForURL((url) => url.searchParams.get('q') === 'BTC')
    await page.getByRole('searchbox', { name: 'Search orders' }).fill('ETH')
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('button', { name: 'Save changes' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Menu of the view Failed on BTC' }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await tab.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await tab.waitFor()
    await tab.click()
    await page.getByRole('button', { name: 'Menu of the view Failed on BTC' }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await tab.waitFor({ state: 'detached' })
  })

  it('does a bulk action row by row, and keeps checked what was refused', async () => {
    await show('CList')
    await page.getByRole('checkbox', { name: 'Select all rows shown' }).check()
    await page.getByText('40 selected').waitFor()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByText(/selected rows are left out/).waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel', exact: true }).last().click()
    await page.getByText('The order is filled already.').first().waitFor()
    await assertFlawless(undefined, '[role=dialog]')
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
    await page.getByText(/^\d selected$/).waitFor()
  })

  it('gives a list as a file', async () => {
    await show('CList')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export as CSV' }).click(),
    ])
    assert.match(download.suggestedFilename(), /^orders-\d{4}-\d{2}-\d{2}\.csv$/)
    const chunks = await (await download.createReadStream()).toArray()
    const lines = Buffer.concat(chunks as Buffer[])
      .toString()
      .split('\r\n')
    assert.equal(lines[0], 'Order,Market,Side,State,Price')
    assert.equal(lines.length, 42)
  })

  it('reads charts to the keyboard and has a table behind each', async () => {
    await show('CLineChart')
    const chart = page.getByRole('figure', { name: 'Staked BTC' }).first()
    const field = chart.getByRole('slider')
    await field.focus()
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowLeft')
    assert.match(
      (await field.getAttribute('aria-valuetext')) ?? '',
      /^Nov 21 · Staked [\d.]+.BTC · Month before/,
    )
    await chart.getByRole('button', { name: 'Staked BTC as a table' }).click()
    assert.equal(await chart.getByRole('row').count(), 31)
  })

  it('turns round for who reads from right to left', async () => {
    await show('CStepper')
    await page.getByRole('button', { name: 'Right to left' }).click()
    assert.equal(
      await page.evaluate(() => (globalThis as unknown as PageWorld).document.documentElement.dir),
      'rtl',
    )
    await assertFlawless()
    await page.getByRole('link', { name: 'CDiff' }).click()
    await state('field by field').waitFor()
  })

  it('writes nothing to the console', () => {
    assert.deepEqual(browser.problems, [])
  })
})
