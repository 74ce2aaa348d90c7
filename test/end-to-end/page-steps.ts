import assert from 'node:assert/strict'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** Every account of the demo has it. */
export const demoPassword = 'demo-password'

/** Opens a page and waits until its script has taken over what the server drew. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto(url, { waitUntil: 'load' })
  await page.waitForFunction(() => {
    const { document } = globalThis as unknown as {
      document: { getElementById(id: string): object | null }
    }
    return '__vue_app__' in (document.getElementById('cambium') ?? {})
  })
}

export async function signIn(page: Page, email: string, loginUrl: string): Promise<void> {
  await open(page, loginUrl)
  await page.getByRole('textbox', { name: 'Email' }).fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(demoPassword)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL((url) => !url.pathname.endsWith('/login'))
}

/** No rule of level A or AA, of any impact. */
export async function assertAccessible(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor({ state: 'attached' })
  // The component library's focus proxies hand the focus on at once; nobody ever rests on one.
  const builder = new AxeBuilder({ page })
    .exclude('span[aria-hidden="true"][tabindex="0"]')
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
  const { violations } = await builder.analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  assert.deepEqual(found, [], `on ${page.url()}`)
}

/** A mark that a reload would wipe out. */
export async function markDocument(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(globalThis, { isSameDocument: true }))
}

export async function assertNotReloaded(page: Page): Promise<void> {
  assert.equal(await page.evaluate(() => 'isSameDocument' in globalThis), true, 'the tab was reloaded')
}
