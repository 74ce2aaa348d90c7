import assert from 'node:assert/strict'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { kernelVersion, packFiles } from '../../kernel/plugins/index.ts'
import type { Platform } from '../../kernel/setup/index.ts'
import { packThemeFolder } from '../../kernel/themes/index.ts'
import { openBrowser, type OpenedBrowser } from './browser.ts'
import { assertAccessible, open, signIn } from './page-steps.ts'
import { platform } from './platform.ts'

const themesDirectory = fileURLToPath(new URL('../../themes', import.meta.url))
const hostileSvg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><script>alert(1)</script></svg>'

/** What a page paints its accent with, and whether it is still the page that was opened. */
function lookOf(page: Page): Promise<{ accent: string; brand: string; isSamePage: boolean }> {
  return page.evaluate(() => {
    const { document, getComputedStyle, opened } = globalThis as unknown as {
      document: {
        documentElement: object
        querySelector(selector: string): { textContent: string } | null
      }
      getComputedStyle(element: object): { getPropertyValue(name: string): string }
      opened?: boolean
    }
    return {
      accent: getComputedStyle(document.documentElement).getPropertyValue('--ui-primary'),
      brand: document.querySelector('header a')?.textContent.trim() ?? '',
      isSamePage: opened === true,
    }
  })
}

/** A theme of another publisher, made of a shipped one. */
async function foreignPackage(logo?: string): Promise<Buffer> {
  const { files, declaration } = await packThemeFolder(path.join(themesDirectory, 'orchard'))
  const manifest = {
    ...declaration.manifest,
    id: 'tidepool',
    name: 'Tidepool',
    publisher: 'Acme',
    brand: 'Tidepool',
  }
  const npm = JSON.stringify({ name: 'tidepool', version: manifest.version, keywords: ['cambium-theme'] })
  const kept = [...files].filter(([file]) => !/^(package\.json|cambium\.)/.test(file))
  const more = logo === undefined ? [] : [['logos/mark.svg', Buffer.from(logo)] as const]
  return packFiles(new Map([['package.json', Buffer.from(npm)], ...kept, ...more]), manifest, kernelVersion)
}

describe('themes', function () {
  this.timeout(120_000)
  let running: Platform
  let browser: OpenedBrowser
  let admin: Page
  let visitor: Page

  before(async () => {
    running = await platform()
    browser = await openBrowser()
    admin = await browser.newPage()
    visitor = await browser.newPage('narrow')
    await signIn(admin, 'admin@cambium.demo', `${running.url}/admin/login`)
    await open(visitor, `${running.url}/`)
    await visitor.evaluate('globalThis.opened = true')
  })
  after(() => browser.close())

  const dialog = () => admin.getByRole('dialog')

  async function untilBrand(page: Page, brand: string): Promise<void> {
    await page.getByRole('banner').getByText(brand, { exact: true }).waitFor()
  }

  it('are shown as what they are', async () => {
    await open(admin, `${running.url}/admin/themes`)
    for (const name of ['Cambium', 'Harbor', 'Orchard', 'Basalt'])
      await admin.getByRole('heading', { name, level: 2 }).waitFor()
    await assertAccessible(admin)
  })

  it('change open tabs of the portal without a reload when another one is used', async () => {
    await admin.getByRole('button', { name: 'More for Harbor' }).click()
    await admin.getByRole('menuitem', { name: 'Use for the portal only' }).click()
    await untilBrand(visitor, 'Harbor & Sons')
    const { accent: shown, isSamePage } = await lookOf(visitor)
    assert.deepEqual([shown, isSamePage], ['#1d3f72', true])
  })

  it('are right in a fresh page from the first HTML on, without any script', async () => {
    const html = await (await fetch(running.url)).text()
    const href = /<link rel="stylesheet" data-cambium-look href="([^"]+)">/.exec(html)?.[1]
    assert.ok(href && html.indexOf(href) < html.indexOf('<body'))
    assert.match(html, /Harbor &amp; Sons/)
    const styles = await fetch(running.url + href)
    assert.match(styles.headers.get('cache-control') ?? '', /immutable/)
    assert.match(await styles.text(), /--ui-primary:#1d3f72/)
  })

  it('are edited with a preview nobody else sees, and published to everybody at once', async () => {
    await open(admin, `${running.url}/admin/themes/harbor`)
    const frame = admin.frameLocator('iframe')
    await frame.getByRole('banner').getByText('Harbor & Sons', { exact: true }).first().waitFor()
    await admin.getByLabel('Accent', { exact: true }).fill('#0a5f3a')
    await admin.getByLabel('Accent', { exact: true }).press('Enter')
    await admin.waitForFunction((wanted) => {
      const { document } = globalThis as unknown as {
        document: { querySelector(selector: string): { contentWindow: typeof globalThis } | null }
      }
      const inside = document.querySelector('iframe')?.contentWindow as unknown as {
        document: { documentElement: object; createElement(name: string): { style: { color: string } } }
        getComputedStyle(element: object): { getPropertyValue(name: string): string }
      }
      return (
        inside.getComputedStyle(inside.document.documentElement).getPropertyValue('--ui-primary') === wanted
      )
    }, '#0a5f3a')
    assert.equal((await lookOf(visitor)).accent, '#1d3f72')
    await assertAccessible(admin)
    await admin.getByRole('button', { name: 'Publish' }).click()
    await dialog().getByText('One change:').waitFor()
    await dialog().getByRole('button', { name: 'Publish' }).click()
    await visitor.waitForFunction(() => {
      const { document, getComputedStyle } = globalThis as unknown as {
        document: { documentElement: object }
        getComputedStyle(element: object): { getPropertyValue(name: string): string }
      }
      return getComputedStyle(document.documentElement).getPropertyValue('--ui-primary') === '#0a5f3a'
    })
    assert.equal((await lookOf(visitor)).isSamePage, true)
  })

  it('say what is too weak where it is chosen, and offer the nearest colour that is not', async () => {
    const field = admin.getByLabel('Text, muted', { exact: true })
    await field.fill('#c9cdd4')
    await field.press('Enter')
    const row = admin.locator('[data-token="light.textMuted"]')
    await row
      .getByText(/needs 4\.5/)
      .first()
      .waitFor()
    assert.equal(await admin.getByRole('button', { name: 'Publish' }).isEnabled(), false)
    await row.getByRole('button', { name: /^Use #/ }).click()
    await row
      .getByText(/needs 4\.5/)
      .first()
      .waitFor({ state: 'detached' })
    assert.equal(await admin.getByRole('button', { name: 'Publish' }).isEnabled(), true)
  })

  it('refuse a logo that holds a script', async () => {
    await admin.getByRole('tab', { name: 'Brand' }).click()
    await admin
      .getByLabel('Choose a file: Logo', { exact: true })
      .setInputFiles({ name: 'mark.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(hostileSvg) })
    await admin.getByRole('button', { name: 'Save draft' }).click()
    await admin.getByText('Logos may not hold this element').waitFor()
    await admin.getByRole('button', { name: 'Undo' }).click()
    await admin.getByRole('button', { name: 'Save draft' }).click()
    await admin.getByText('The draft is saved.').first().waitFor()
  })

  async function upload(buffer: Buffer): Promise<void> {
    await open(admin, `${running.url}/admin/themes`)
    await admin.getByRole('button', { name: 'Install theme' }).click()
    await admin
      .locator('input[type=file]')
      .setInputFiles({ name: 'tidepool.tgz', mimeType: 'application/gzip', buffer })
    await dialog().getByText('The package is not signed').waitFor()
    await dialog().getByRole('checkbox', { name: 'I know where this file comes from' }).check()
    await dialog().getByRole('button', { name: 'Install it unsigned' }).click()
  }

  it('refuse a package whose logo holds a script, even from who lets it in', async () => {
    await upload(await foreignPackage(hostileSvg))
    await dialog().getByText('The logo holds something that logos may not hold').waitFor()
  })

  it('are installed as packages, and used in the portal and here at once', async () => {
    await upload(await foreignPackage())
    await dialog().getByText('tidepool 0.1.0 is installed').waitFor()
    await dialog().getByRole('button', { name: 'Close' }).last().click()
    await admin.getByRole('button', { name: 'Use Tidepool for portal and admin' }).click()
    await untilBrand(visitor, 'Tidepool')
    await admin.getByText('Tidepool', { exact: true }).first().waitFor()
    assert.equal((await lookOf(visitor)).isSamePage, true)
    assert.equal((await lookOf(admin)).accent, '#0b6b3f')
  })

  it('leave the platform as it was, without a word in the console', async () => {
    await admin.getByRole('button', { name: 'Use Cambium for portal and admin' }).click()
    await untilBrand(visitor, 'Cambium')
    const unexpected = browser.problems.filter((problem) => !/status of (4\d\d)/.test(problem))
    assert.deepEqual(unexpected, [])
  })
})
