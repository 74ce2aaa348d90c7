import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../../kernel/setup/index.ts'
import { openBrowser } from '../end-to-end/browser.ts'
import { startFreshPlatform } from '../fresh-platform.ts'
import { contactSheet, shortTable } from './contact-sheet.ts'
import { enableProducts, furnish } from './furnish.ts'
import { apps } from './pages.ts'
import {
  type Choice,
  type Language,
  languages,
  type Theme,
  themes,
  type Walk,
  Walker,
  type Width,
  widths,
} from './walk.ts'

const directory = path.join(root, '.data/screens')
const reportFile = path.join(directory, 'report.json')

/** The pictures of earlier walks that this one did not renew stand in the report behind its own. */
function withKept({ shots, missed }: Walk): Walk {
  const before = existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, 'utf8')) as Walk).shots : []
  const renewed = new Set(shots.map(({ file }) => file))
  const kept = before.filter(({ file }) => !renewed.has(file) && existsSync(path.join(directory, file)))
  return { shots: [...shots, ...kept], missed }
}

/** Of `--only PATTERN --width 390 --theme dark --language ar`; what is not said is walked through in all its kinds. */
function chosen(): Choice {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      width: { type: 'string' },
      theme: { type: 'string' },
      language: { type: 'string' },
    },
  })
  const allWidths = Object.keys(widths).map(Number) as Width[]
  const pick = <Kind extends string | number>(all: readonly Kind[], wanted: string | undefined): Kind[] => {
    const picked = all.filter((one) => wanted === undefined || String(one) === wanted)
    if (picked.length === 0) throw new Error(`Say one of ${all.join(', ')} instead of ${wanted}.`)
    return picked
  }
  return {
    ...(values.only === undefined ? {} : { only: new RegExp(values.only) }),
    widths: pick(allWidths.toReversed(), values.width),
    themes: pick<Theme>(themes, values.theme),
    languages: pick<Language>(languages, values.language),
  }
}

const choice = chosen()
const { platform, stop } = await startFreshPlatform()
const browser = await openBrowser()
let walk: Walk = { shots: [], missed: [] }
try {
  process.env.OPERATOR_SOCKET = platform.operatorSocket
  await enableProducts()
  await furnish(platform, browser)
  // A choice renews its own pictures and leaves the others.
  const { only, ...kinds } = choice
  if (!only && Object.values(kinds).every((kind) => kind.length > 1))
    rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const walker = new Walker(browser, {
    url: platform.url,
    directory,
    choice,
    say: (line) => console.log(line),
  })
  for (const app of apps) {
    const { shots, missed } = await walker.walk(app)
    walk = { shots, missed: [...walk.missed, ...missed] }
  }
} finally {
  await browser.close()
  await stop()
}
walk = withKept(walk)
writeFileSync(reportFile, `${JSON.stringify(walk, null, 2)}\n`)
writeFileSync(path.join(directory, 'index.html'), contactSheet(walk))
for (const line of shortTable(walk)) console.log(line)
console.log(`See ${path.relative(root, directory)}/index.html.`)
process.exitCode = walk.missed.length > 0 || walk.shots.some(({ failure }) => failure) ? 1 : 0
