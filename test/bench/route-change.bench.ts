/**
 * From a click on a link of the portal to the next page on the screen with what it shows, for a page never seen and for one
 * come back to. `--rounds N`.
 */
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { openBrowser } from '../end-to-end/browser.ts'
import { open, signIn } from '../end-to-end/page-steps.ts'
import { startFreshPlatform } from '../fresh-platform.ts'
import { enableProducts } from '../screens/furnish.ts'
import { machine, median, percentile, rounded } from './figures.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' } } })
const rounds = Number.parseInt(values.rounds, 10)
const stops = ['/wallet', '/assets', '/activity', '/markets', '/earn', '/status', '/fees'] as const

/** Milliseconds from the change of address to the frame in which the page has a heading and nothing says that it loads. */
async function visit(page: Page, to: string): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve, reject) => {
    AbortSignal.timeout(20000).addEventListener('abort', () => reject(new Error(${JSON.stringify(`${to} was never painted`)})))
    const router = document.querySelector('#cambium').__vue_app__.config.globalProperties.$router
    const before = document.querySelector('h1')
    const clickedAt = performance.now()
    const look = () => {
      const main = document.querySelector('#main')
      const heading = main.querySelector('h1')
      const isThere = location.pathname === ${JSON.stringify(to)} && heading && heading !== before
      if (!isThere || main.querySelector('[aria-busy="true"]')) return requestAnimationFrame(look)
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => resolve(performance.now() - clickedAt)
      port2.postMessage(0)
    }
    requestAnimationFrame(look)
    void router.push(${JSON.stringify(to)})
  })`)
}

const { platform, stop } = await startFreshPlatform()
process.env.OPERATOR_SOCKET = platform.operatorSocket
const browser = await openBrowser()
try {
  await enableProducts()
  const first: number[] = []
  const again: number[] = []
  const page = await browser.newPage()
  await signIn(page, 'trader@cambium.demo', `${platform.url}/login`)
  await open(page, `${platform.url}/dashboard`)
  for (let round = 0; round <= rounds; round++)
    for (const to of stops) (round === 0 ? first : again).push(await visit(page, to))

  const figures = {
    first_ms_p50: rounded(median(first)),
    again_ms_p50: rounded(median(again)),
    again_ms_p95: rounded(percentile(again, 0.95)),
  }
  console.log(`route-change: ${stops.length} pages, ${rounds} times come back to each, ${machine}`)
  console.log(JSON.stringify({ bench: 'route-change', figures }))
} finally {
  await browser.close()
  await stop()
}
