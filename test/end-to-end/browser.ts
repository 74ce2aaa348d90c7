import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

export const screens = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const

export interface OpenedBrowser {
  /** A new page in a profile of its own, so that two users do not share a session. */
  newPage(screen?: keyof typeof screens): Promise<Page>
  /** What pages wrote to the console as errors, and what they threw, since the start. */
  readonly problems: readonly string[]
  close(): Promise<void>
}

/** Starts a real Chromium. Playwright brings none of its own: it is Debian's. */
export async function openBrowser({
  debuggingPort,
}: { readonly debuggingPort?: number } = {}): Promise<OpenedBrowser> {
  const profile = mkdtempSync(path.join(tmpdir(), 'cambium-browser-'))
  const browser = await chromium.launch({
    executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(debuggingPort === undefined ? [] : [`--remote-debugging-port=${debuggingPort}`]),
    ],
    env: { ...process.env, HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile },
  })
  const problems: string[] = []
  return {
    problems,
    async newPage(screen = 'wide') {
      const context = await browser.newContext({ viewport: screens[screen], reducedMotion: 'reduce' })
      watch(context, problems)
      return context.newPage()
    },
    async close() {
      await browser.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

function watch(context: BrowserContext, problems: string[]): void {
  context.on('console', (message) => {
    if (message.type() !== 'error') return
    const from = message.location().url
    problems.push(`${message.page()?.url()}: ${message.text()}${from ? ` (${from})` : ''}`)
  })
  context.on('weberror', (error) => problems.push(`${error.page()?.url()}: ${error.error().message}`))
}
