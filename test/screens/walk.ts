import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import type { OpenedBrowser } from '../end-to-end/browser.ts'
import { open, signIn } from '../end-to-end/page-steps.ts'
import { type App, baseOf, linkedPages, plainAddress, routedPages } from './pages.ts'
import { type Scene, scenes } from './scenes.ts'

export const widths = { 1440: 'wide', 390: 'narrow' } as const
export const themes = ['light', 'dark'] as const
/** English in every width and theme; the language that is read from right to left in the light. */
export const languages = ['en', 'ar'] as const
export type Width = keyof typeof widths
export type Theme = (typeof themes)[number]
export type Language = (typeof languages)[number]

export interface Choice {
  readonly only?: RegExp | undefined
  readonly widths: readonly Width[]
  readonly themes: readonly Theme[]
  readonly languages: readonly Language[]
}

export interface Shot {
  readonly app: App
  /** The page's pattern in the router, and what is done there when more than looking. */
  readonly page: string
  readonly address: string
  readonly width: Width
  readonly theme: Theme
  readonly language: Language
  readonly file: string
  /** What the browser's tab is called. */
  readonly title: string
  /** Why the picture does not show what it should. */
  readonly failure?: string
  readonly violations: readonly { readonly rule: string; readonly impact: string; readonly nodes: string[] }[]
  readonly console: readonly string[]
  /** Pixels that stick out to the side. */
  readonly overflow: number
}

export interface Walk {
  readonly shots: readonly Shot[]
  /** Pages that no link and no row of another page led to. */
  readonly missed: readonly string[]
}

interface Stop {
  readonly page: string
  readonly address: string
  readonly scene?: Scene
}

const users: Readonly<Record<App, string>> = { portal: 'trader@cambium.demo', admin: 'admin@cambium.demo' }
const patienceMs = 8_000

/** Walks every page of an app at each width and in each theme, as the demo's user and, where that is turned away, as a guest. */
export class Walker {
  readonly #browser: OpenedBrowser
  readonly #url: string
  readonly #directory: string
  readonly #choice: Choice
  readonly #say: (line: string) => void
  readonly #shots: Shot[] = []

  constructor(
    browser: OpenedBrowser,
    options: {
      readonly url: string
      readonly directory: string
      readonly choice: Choice
      readonly say: (line: string) => void
    },
  ) {
    this.#browser = browser
    this.#url = options.url
    this.#directory = options.directory
    this.#choice = options.choice
    this.#say = options.say
  }

  async walk(app: App): Promise<Walk> {
    const scout = await this.#signedIn(app, 'wide')
    const { stops, missed } = await this.#findPages(app, scout)
    await scout.context().close()
    const wanted = stops.filter((stop) => this.#choice.only?.test(nameOf(app, stop)) ?? true)
    for (const language of this.#choice.languages) {
      // What is done in a scene is found by English words.
      const stops = language === 'en' ? wanted : wanted.filter(({ scene }) => scene === undefined)
      for (const width of this.#choice.widths) {
        const user = await this.#signedIn(app, widths[width])
        const guest = await this.#browser.newPage(widths[width])
        for (const page of [user, guest]) await this.#speak(page, language)
        for (const stop of stops) await this.#visit(app, stop, { width, language, user, guest })
        await user.context().close()
        await guest.context().close()
      }
    }
    return { shots: this.#shots, missed }
  }

  async #signedIn(app: App, screen: 'wide' | 'narrow'): Promise<Page> {
    const page = await this.#browser.newPage(screen)
    await signIn(page, users[app], `${this.#url}${baseOf[app]}/login`)
    return page
  }

  async #speak(page: Page, language: Language): Promise<void> {
    await page.context().addCookies([{ name: 'cambium_language', value: language, url: this.#url }])
  }

  /** Pages that need nothing filled in lead to the others: by their links, and by the first row of their lists. */
  async #findPages(app: App, scout: Page): Promise<{ stops: Stop[]; missed: string[] }> {
    await open(scout, `${this.#url}${baseOf[app]}/`)
    const patterns = await routedPages(scout)
    const addresses = new Map<string, string>()
    for (const pattern of patterns) {
      const plain = plainAddress(pattern)
      if (plain !== undefined) addresses.set(pattern, plain)
    }
    const missing = () => patterns.filter((pattern) => !addresses.has(pattern))
    // The page of a thing that is there and the form of one that is not are one page in two states.
    const forms = new Map<string, string>()
    const seen = new Set<string>()
    while (missing().length > 0) {
      const next = [...addresses.values()].find((address) => !seen.has(address))
      if (next === undefined) break
      seen.add(next)
      for (const [pattern, found] of await this.#leadsFrom(app, scout, next)) {
        const form = found.find((address) => address.endsWith('/new'))
        if (form !== undefined) forms.set(pattern, form)
        const first = found.find((address) => address !== form)
        if (first !== undefined && missing().includes(pattern)) addresses.set(pattern, first)
      }
    }
    const looks = [
      ...[...addresses].map(([page, address]) => ({ page, address })),
      ...[...forms].map(([page, address]) => ({ page: `${page} › new`, address })),
    ]
    const acts = scenes.filter((scene) => scene.app === app)
    return {
      stops: [...looks, ...acts.map((scene) => ({ page: scene.name, address: scene.address, scene }))],
      missed: missing().map((pattern) => `${app}${pattern}`),
    }
  }

  async #leadsFrom(app: App, scout: Page, address: string): Promise<Map<string, string[]>> {
    await open(scout, `${this.#url}${baseOf[app]}${address}`)
    await settled(scout)
    const leads = await linkedPages(scout, baseOf[app])
    const row = scout.locator('tbody tr').first()
    if ((await row.count()) > 0) {
      const here = scout.url()
      await row.click({ timeout: 2_000 }).catch(() => undefined)
      await scout.waitForURL((url) => url.href !== here, { timeout: 3_000 }).catch(() => undefined)
      for (const [pattern, found] of await linkedPages(scout, baseOf[app])) {
        leads.set(pattern, [...(leads.get(pattern) ?? []), ...found])
      }
    }
    return leads
  }

  async #visit(app: App, stop: Stop, { width, language, user, guest }: Visit) {
    const before = this.#browser.problems.length
    const url = `${this.#url}${baseOf[app]}${stop.address}`
    let page = user
    let failure: string | undefined
    try {
      await user.emulateMedia({ colorScheme: this.#choice.themes[0] ?? 'light' })
      await open(user, url)
      await settled(user)
      // Elsewhere because signed in: then it is a page for guests.
      if (new URL(user.url()).pathname !== new URL(url).pathname && (await opens(guest, url))) page = guest
      await stop.scene?.act(page)
    } catch (error) {
      failure = error instanceof Error ? (error.message.split('\n')[0] ?? error.message) : String(error)
    }
    for (const theme of language === 'en' ? this.#choice.themes : this.#choice.themes.slice(0, 1)) {
      const { page: name, address } = stop
      const shot = { app, page: name, address, width, theme, language, ...(failure ? { failure } : {}) }
      this.#shots.push({ ...shot, ...(await this.#shoot(page, shot, before)) })
    }
    this.#say(`  ${nameOf(app, stop)} at ${width} in ${language}${failure ? `: ${failure}` : ''}`)
  }

  async #shoot(page: Page, { app, page: name, ...kind }: Omit<Shot, Gathered>, before: number) {
    const { width, theme, language } = kind
    await page.emulateMedia({ colorScheme: theme })
    await settled(page)
    const place = name.replaceAll(/[^\w-]+/g, '-').replace(/-$/, '') || '-start'
    const file = `${app}${place}-${width}-${theme}${language === 'en' ? '' : `-${language}`}.png`
    mkdirSync(this.#directory, { recursive: true })
    // What lies over a page covers the screen and no more.
    const fullPage = (await page.getByRole('dialog').count()) === 0
    await page.screenshot({ path: path.join(this.#directory, file), fullPage, animations: 'disabled' })
    // The component library's focus proxies hand the focus on at once; nobody ever rests on one.
    const builder = new AxeBuilder({ page })
      .exclude('span[aria-hidden="true"][tabindex="0"]')
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    const { violations } = await builder.analyze()
    const overflow = await page.evaluate<number>(
      'Math.max(0, document.documentElement.scrollWidth - innerWidth)',
    )
    return {
      file,
      title: await page.title(),
      overflow,
      violations: violations.map(({ id, impact, nodes }) => ({
        rule: id,
        impact: impact ?? 'minor',
        nodes: nodes.map((node) => `${node.target.join(' ')} — ${node.any[0]?.message ?? node.html}`),
      })),
      // That nobody knows an address is what its page is about.
      console: this.#browser.problems.slice(before).filter((line) => !line.includes('/no-such-page: ')),
    }
  }
}

type Gathered = 'file' | 'title' | 'overflow' | 'violations' | 'console'

interface Visit {
  readonly width: Width
  readonly language: Language
  readonly user: Page
  readonly guest: Page
}

function nameOf(app: App, { page }: Stop): string {
  return `${app}${page}`
}

async function opens(page: Page, url: string): Promise<boolean> {
  await open(page, url)
  await settled(page)
  return new URL(page.url()).pathname === new URL(url).pathname
}

/** Until nothing is fetched and nothing says that it still loads; a page that never rests is shown as it is. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: patienceMs }).catch(() => undefined)
  const isAtRest = (): boolean => {
    const { document } = globalThis as unknown as {
      document: { querySelector(selector: string): object | null; fonts: { status: string } }
    }
    return document.querySelector('[aria-busy="true"]') === null && document.fonts.status === 'loaded'
  }
  // A function and no text: the page's own policy forbids that texts are made code.
  await page.waitForFunction(isAtRest, undefined, { timeout: patienceMs }).catch(() => undefined)
}
