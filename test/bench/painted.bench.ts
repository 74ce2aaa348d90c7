/**
 * From the operator's command to what a user sees: how long after it is sent Spot's card is painted on a dashboard that
 * stands open in Chromium, how long after disabling it is gone, and how long after the command to upgrade another plugin
 * its next version's card is painted in the same tab. `--cycles N`. Both clocks are this machine's.
 */
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { operatorApi } from '../../kernel/cli/operator-api.ts'
import type { Platform } from '../../kernel/setup/index.ts'
import { disablePlugin, enablePlugin, upgradePlugin } from '../../kernel/plugins/routes.ts'
import { openBrowser } from '../end-to-end/browser.ts'
import { startFreshPlatform } from '../fresh-platform.ts'
import { machine, median, percentile, rounded } from './figures.ts'
import { editionCard, enableFirstEdition, installEditions, upgradeTo } from './painted-upgrade.ts'

const { values } = parseArgs({ options: { cycles: { type: 'string', default: '15' } } })
const cycles = Number.parseInt(values.cycles, 10)
const spot = { pluginId: 'spot' }

const DEADLINE_MS = 30_000
const card = '[data-plugin="spot"][data-plugin-slot="portal.dashboard@1"]'
const rows = `${card} a[href*="/trade/"]`

/** Milliseconds after the command was sent. */
interface Enabled {
  readonly answered: number
  readonly painted: number
  readonly filled: number
}

interface Upgraded {
  readonly answered: number
  readonly painted: number
  /** How long the tab showed neither version. */
  readonly gap: number
}

/** Leaves promises of moments in the page, which fail when the moment does not come; a task after the frame's callback runs when the frame is on its way. */
async function watch(page: Page, name: string, condition: string): Promise<void> {
  await page.evaluate(`globalThis[${JSON.stringify(name)}] = new Promise((resolve, reject) => {
    const deadline = AbortSignal.timeout(${DEADLINE_MS})
    deadline.addEventListener('abort', () => reject(new Error(${JSON.stringify(`${name}: never seen`)})))
    const look = () => {
      if (!(${condition})) return
      observer.disconnect()
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => resolve(Date.now())
        port2.postMessage(0)
      })
    }
    const observer = new MutationObserver(look)
    observer.observe(document, { subtree: true, childList: true, attributes: true })
  }); 0`)
}

const moment = (page: Page, name: string): Promise<number> =>
  page.evaluate<number>(`globalThis[${JSON.stringify(name)}]`)

const selected = (selector: string): string => `document.querySelector(${JSON.stringify(selector)})`

async function enable(page: Page): Promise<Enabled> {
  await watch(page, 'painted', selected(card))
  await watch(page, 'filled', selected(rows))
  const sentAt = Date.now()
  const { state, reason } = await operatorApi()(enablePlugin, { ...spot, approveGrants: true })
  const answered = Date.now() - sentAt
  if (state !== 'done') throw new Error(`Spot could not be enabled: ${reason}`)
  const painted = (await moment(page, 'painted')) - sentAt
  return { answered, painted, filled: (await moment(page, 'filled')) - sentAt }
}

async function disable(page: Page): Promise<number> {
  await watch(page, 'gone', `!${selected(card)}`)
  const sentAt = Date.now()
  await operatorApi()(disablePlugin, spot)
  return (await moment(page, 'gone')) - sentAt
}

/** Each edition's page bundle is new to the tab, as an upgrade's is. */
async function upgrade(page: Page, edition: number): Promise<Upgraded> {
  await watch(page, 'painted', selected(editionCard(edition)))
  await watch(page, 'gone', `!${selected(editionCard(edition - 1))}`)
  const sentAt = Date.now()
  const { state, reason } = await operatorApi()(upgradePlugin, upgradeTo(edition))
  const answered = Date.now() - sentAt
  if (state !== 'done') throw new Error(`The upgrade failed: ${reason}`)
  const painted = (await moment(page, 'painted')) - sentAt
  const gone = (await moment(page, 'gone')) - sentAt
  return { answered, painted, gap: Math.max(0, painted - gone) }
}

async function openDashboard(page: Page, { url, logins }: Platform): Promise<void> {
  const trader = logins.find(({ label }) => label === 'Trader')
  const data = { email: trader?.email, password: trader?.password }
  const signedIn = await page.context().request.post(`${url}/api/identity/login`, { data })
  if (!signedIn.ok()) throw new Error(`Signing in answered ${signedIn.status()}.`)
  await page.goto(`${url}/dashboard`, { waitUntil: 'networkidle' })
}

const { platform, stop } = await startFreshPlatform()
process.env.OPERATOR_SOCKET = platform.operatorSocket
const browser = await openBrowser()
const page = await browser.newPage()
const warm: Enabled[] = []
const gone: number[] = []
const upgraded: Upgraded[] = []
try {
  await openDashboard(page, platform)
  await page.evaluate('globalThis.isSameDocument = true')
  const first = await enable(page)
  for (let cycle = 0; cycle < cycles; cycle++) {
    gone.push(await disable(page))
    warm.push(await enable(page))
  }
  await installEditions(operatorApi(), cycles + 1)
  await enableFirstEdition(operatorApi())
  await page.waitForSelector(editionCard(0))
  for (let edition = 1; edition <= cycles; edition++) upgraded.push(await upgrade(page, edition))
  if (!(await page.evaluate('globalThis.isSameDocument === true'))) throw new Error('The tab was reloaded.')

  console.log(
    `painted: enabling Spot and upgrading another plugin, ${cycles} times each, beside an open dashboard, ${machine}`,
  )
  console.log(
    `${'milliseconds after it was sent'.padEnd(40)}${'first'.padStart(8)}${'median'.padStart(8)}${'p95'.padStart(8)}`,
  )
  const print = (name: string, once: number | undefined, times: readonly number[]): void => {
    const cells = [once ?? '', median(times), percentile(times, 0.95)].map((cell) => String(cell).padStart(8))
    console.log(name.padEnd(40) + cells.join(''))
  }
  const timesOf = (part: keyof Enabled): number[] => warm.map((times) => times[part])
  print('enable answered', first.answered, timesOf('answered'))
  print('enable painted: the card', first.painted, timesOf('painted'))
  print('enable painted: the card with its markets', first.filled, timesOf('filled'))
  print('disable painted: the card is gone', undefined, gone)
  const upgradesOf = (part: keyof Upgraded): number[] => upgraded.map((times) => times[part])
  print('upgrade answered', undefined, upgradesOf('answered'))
  print('upgrade painted: the next version', upgraded[0]?.painted, upgradesOf('painted'))
  print('upgrade: neither version is in the tab', undefined, upgradesOf('gap'))
  const figures = {
    first_enable_painted_ms: first.painted,
    enable_painted_ms: median(timesOf('painted')),
    enable_painted_p95_ms: percentile(timesOf('painted'), 0.95),
    enable_filled_ms: median(timesOf('filled')),
    enable_answered_ms: median(timesOf('answered')),
    painted_over_answered_ratio: rounded(median(timesOf('painted')) / median(timesOf('answered')), 2),
    disable_gone_ms: median(gone),
    upgrade_painted_ms: median(upgradesOf('painted')),
    upgrade_painted_p95_ms: percentile(upgradesOf('painted'), 0.95),
    upgrade_gap_ms: median(upgradesOf('gap')),
    upgrade_answered_ms: median(upgradesOf('answered')),
  }
  console.log(JSON.stringify({ bench: 'painted', figures }))
} finally {
  await browser.close()
  await stop()
}
