import type { Page } from 'playwright-core'
import type { App } from './pages.ts'
import { packSample } from './furnish.ts'

/** A state of a page that one only sees after doing something there. */
export interface Scene {
  readonly app: App
  /** The page's pattern and what is done. */
  readonly name: string
  readonly address: string
  act(page: Page): Promise<void>
}

const lookOnly = (): Promise<void> => Promise.resolve()
const press = async (page: Page, name: string | RegExp): Promise<void> => {
  await page.getByRole('button', { name }).first().click({ timeout: 10_000 })
}

const pluginTabs = [
  'versions',
  'access',
  'contributions',
  'dependencies',
  'settings',
  'health',
  'log',
  'history',
] as const

export const scenes: readonly Scene[] = [
  ...pluginTabs.map((tab) => ({
    app: 'admin' as const,
    name: `/marketplace/:pluginId › ${tab}`,
    address: `/marketplace/spot?tab=${tab}`,
    act: lookOnly,
  })),
  {
    app: 'admin',
    name: '/marketplace/:pluginId › isolation',
    address: '/marketplace/spot',
    async act(page) {
      await press(page, /^More for/)
      await page.getByRole('menuitem', { name: /isolat/i }).click()
      await page.getByRole('dialog').getByRole('radio').first().waitFor()
    },
  },
  {
    app: 'admin',
    name: '/marketplace/:pluginId › quarantined',
    address: '/marketplace/carousel',
    act: lookOnly,
  },
  {
    app: 'admin',
    name: '/marketplace › registry',
    address: '/marketplace?view=registry',
    async act(page) {
      await page.getByRole('tab', { name: /registry/i }).click()
    },
  },
  {
    app: 'admin',
    name: '/marketplace › upload',
    address: '/marketplace',
    async act(page) {
      await press(page, 'Upload package')
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    app: 'admin',
    name: '/marketplace › upload › unsigned',
    address: '/marketplace',
    async act(page) {
      const { bytes } = await packSample('ladder', 'Ladder orders', '')
      await press(page, 'Upload package')
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'ladder-1.0.0.tgz', mimeType: 'application/gzip', buffer: bytes })
      await page.getByRole('dialog').getByText('The package is not signed').waitFor()
    },
  },
  {
    app: 'admin',
    name: '/events › failed',
    address: '/events?state=failed',
    async act(page) {
      await page.locator('tbody tr, li').filter({ hasText: 'spot.order.filled' }).first().click()
      await page.getByRole('dialog').waitFor()
    },
  },
  ...(['admin', 'portal'] as const).map((app) => ({
    app,
    name: app === 'admin' ? '/ › notices' : '/dashboard › notices',
    address: app === 'admin' ? '/' : '/dashboard',
    async act(page: Page) {
      await press(page, /notice/i)
    },
  })),
]
