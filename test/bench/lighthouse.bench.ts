/**
 * What Lighthouse says of each public page on a phone, in its four kinds, and by which audits a page falls short.
 * `--pages /,/fees`, `--rounds N` (the median counts; a busy machine makes its performance worse, not better).
 */
import { parseArgs } from 'node:util'
import lighthouse, { type RunnerResult } from 'lighthouse'
import { openBrowser } from '../end-to-end/browser.ts'
import { freePort } from '../../kernel/setup/index.ts'
import { startFreshPlatform } from '../fresh-platform.ts'
import { enableProducts } from '../screens/furnish.ts'
import { machine, median, publicPages, rounded } from './figures.ts'

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: publicPages.join() },
    rounds: { type: 'string', default: '1' },
  },
})
const pages = values.pages.split(',')
const rounds = Number.parseInt(values.rounds, 10)
const kinds = ['performance', 'accessibility', 'best-practices', 'seo'] as const
type Kind = (typeof kinds)[number]
type Report = RunnerResult['lhr']

/** The audits that cost points, with what they are about. */
function shortfalls({ categories, audits }: Report): string[] {
  return Object.values(categories).flatMap(({ auditRefs }) =>
    auditRefs.flatMap(({ id, weight }) => {
      const audit = audits[id]
      if (!audit || weight === 0 || audit.score === null || audit.score >= 0.9) return []
      return [`${id} ${audit.displayValue ?? ''} (${Math.round(audit.score * 100)} of 100, weight ${weight})`]
    }),
  )
}

const { platform, stop } = await startFreshPlatform()
process.env.OPERATOR_SOCKET = platform.operatorSocket
const port = await freePort()
const browser = await openBrowser({ debuggingPort: port })
try {
  await enableProducts()
  const reports = new Map<string, Report[]>()
  for (let round = 0; round < rounds; round++)
    for (const path of pages) {
      const result = await lighthouse(platform.url + path, {
        port,
        logLevel: 'error',
        output: 'json',
        onlyCategories: [...kinds],
      })
      if (!result) throw new Error(`Lighthouse has nothing to say of ${path}.`)
      reports.set(path, [...(reports.get(path) ?? []), result.lhr])
    }

  const score = (path: string, kind: Kind): number =>
    rounded(median((reports.get(path) ?? []).map(({ categories }) => (categories[kind]?.score ?? 0) * 100)))
  console.log(`lighthouse: median of ${rounds}, its mobile preset, ${machine}`)
  console.log('page'.padEnd(18) + kinds.map((kind) => kind.padStart(16)).join(''))
  for (const path of pages) {
    console.log(path.padEnd(18) + kinds.map((kind) => String(score(path, kind)).padStart(16)).join(''))
    for (const line of (reports.get(path) ?? []).slice(-1).flatMap(shortfalls)) console.log(`    ${line}`)
  }
  const figures = Object.fromEntries(
    kinds.map((kind) => [
      `${kind.replace('-', '_')}_min`,
      Math.min(...pages.map((path) => score(path, kind))),
    ]),
  )
  console.log(JSON.stringify({ bench: 'lighthouse', figures }))
} finally {
  await browser.close()
  await stop()
}
