/**
 * What a stranger on a phone waits for: each public page opened with an empty cache over slow 4G on a processor four
 * times slower, as Lighthouse throttles. Compressed bytes as they come over the wire, scripts apart, first and largest
 * paint, how far the page moves, and when its script has taken over. `--pages /,/fees`, `--rounds N`.
 */
import { parseArgs } from 'node:util'
import type { CDPSession, Page } from 'playwright-core'
import { type OpenedBrowser, openBrowser } from '../end-to-end/browser.ts'
import { open } from '../end-to-end/page-steps.ts'
import { startFreshPlatform } from '../fresh-platform.ts'
import { enableProducts } from '../screens/furnish.ts'
import { machine, median, publicPages, rounded } from './figures.ts'

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: publicPages.join() },
    rounds: { type: 'string', default: '3' },
  },
})
const pages = values.pages.split(',')
const rounds = Number.parseInt(values.rounds, 10)
const SLOW_4G = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_638_400 / 8,
  uploadThroughput: 768_000 / 8,
}
const CPU_SLOWDOWN = 4

interface Load {
  readonly scriptBytes: number
  /** Of which the shell's own: what plugins bring comes on top. */
  readonly shellBytes: number
  readonly allBytes: number
  readonly requests: number
  readonly firstPaintMs: number
  readonly largestPaintMs: number
  readonly moved: number
  readonly usableMs: number
}
type Painted = Pick<Load, 'firstPaintMs' | 'largestPaintMs' | 'moved'>

/** Counts what comes over the wire, by kind. */
function countBytes(session: CDPSession): { scripts: number; shell: number; all: number; requests: number } {
  const counted = { scripts: 0, shell: 0, all: 0, requests: 0 }
  const scripts = new Map<string, string>()
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.mimeType.includes('javascript')) scripts.set(requestId, response.url)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    counted.requests++
    counted.all += encodedDataLength
    const script = scripts.get(requestId)
    if (script !== undefined) counted.scripts += encodedDataLength
    if (script?.includes('/_nuxt/')) counted.shell += encodedDataLength
  })
  return counted
}

async function watchPaints(page: Page): Promise<void> {
  await page.addInitScript(`
    globalThis.painted = { firstPaintMs: 0, largestPaintMs: 0, moved: 0 }
    const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
      .observe({ type, buffered: true })
    watch('paint', ({ name, startTime }) => {
      if (name === 'first-contentful-paint') globalThis.painted.firstPaintMs = startTime
    })
    watch('largest-contentful-paint', ({ startTime }) => (globalThis.painted.largestPaintMs = startTime))
    watch('layout-shift', ({ value }) => (globalThis.painted.moved += value))`)
}

async function load(browser: OpenedBrowser, url: string): Promise<Load> {
  const page = await browser.newPage('narrow')
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', SLOW_4G)
  await session.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN })
  await watchPaints(page)
  const counted = countBytes(session)
  const startedAt = performance.now()
  await open(page, url)
  const usableMs = performance.now() - startedAt
  await page.waitForLoadState('networkidle')
  const painted = await page.evaluate<Painted>('globalThis.painted')
  await page.context().close()
  return {
    ...painted,
    scriptBytes: counted.scripts,
    shellBytes: counted.shell,
    allBytes: counted.all,
    requests: counted.requests,
    usableMs,
  }
}

const { platform, stop } = await startFreshPlatform()
process.env.OPERATOR_SOCKET = platform.operatorSocket
const browser = await openBrowser()
try {
  await enableProducts()
  const loads = new Map<string, Load[]>()
  for (let round = 0; round < rounds; round++)
    for (const path of pages)
      loads.set(path, [...(loads.get(path) ?? []), await load(browser, platform.url + path)])

  const of = (path: string, figure: keyof Load): number =>
    median((loads.get(path) ?? []).map((one) => one[figure]))
  const kB = (bytes: number): number => rounded(bytes / 1000, 1)
  console.log(`first-load: median of ${rounds}, slow 4G, processor slowed ${CPU_SLOWDOWN} times, ${machine}`)
  const head = ['script kB', 'shell kB', 'all kB', 'requests', 'first ms', 'largest ms', 'moved', 'usable ms']
  const cells = (path: string): readonly number[] => [
    kB(of(path, 'scriptBytes')),
    kB(of(path, 'shellBytes')),
    kB(of(path, 'allBytes')),
    of(path, 'requests'),
    rounded(of(path, 'firstPaintMs')),
    rounded(of(path, 'largestPaintMs')),
    rounded(of(path, 'moved'), 3),
    rounded(of(path, 'usableMs')),
  ]
  console.log('page'.padEnd(18) + head.map((name) => name.padStart(12)).join(''))
  for (const path of pages)
    console.log(
      path.padEnd(18) +
        cells(path)
          .map((cell) => String(cell).padStart(12))
          .join(''),
    )
  const worst = (figure: keyof Load): number => Math.max(...pages.map((path) => of(path, figure)))
  const figures = {
    shell_script_kb_max: kB(worst('shellBytes')),
    script_kb_max: kB(worst('scriptBytes')),
    first_paint_ms_max: rounded(worst('firstPaintMs')),
    largest_paint_ms_max: rounded(worst('largestPaintMs')),
    moved_max: rounded(worst('moved'), 3),
  }
  console.log(JSON.stringify({ bench: 'first-load', figures }))
} finally {
  await browser.close()
  await stop()
}
