import path from 'node:path'
import { files, occurrences, refuseAny, sources } from './sources.ts'

const topLevel = [
  'kernel',
  'plugins',
  'engine',
  'themes',
  'admin-nuxt',
  'portal-nuxt',
  'migrations',
  'docs',
  'test',
]
const topFiles = [
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'package.json',
  'package-lock.json',
  'moleculer.config.ts',
]
const toolFiles = ['tsconfig.json', 'eslint.config.js', 'knip.config.js']

/** The parts of every path, without extensions: `kernel/ledger/hold.test.ts` gives `kernel`, `ledger`, `hold`. */
const namesOf = (file: string) => file.split('/').map((part) => part.replace(/\..*$/, ''))

describe('names', () => {
  it('of top-level entries are the known ones', () => {
    const known = [...topLevel, ...topFiles, ...toolFiles]
    const entries = [...new Set(files.map((file) => file.split('/')[0] ?? ''))]
    refuseAny(
      entries.filter((entry) => !known.includes(entry) && !entry.startsWith('.')),
      'The tree has fixed top-level names (README.md, The map): put it into the folder that owns it.',
    )
  })

  it('say what is inside, never that it is left over', () => {
    const dumpingGround = /^(utils?|helpers?|common|shared|misc|types|constants)$|-(helpers?|utils?)$/
    refuseAny(
      files.filter((file) => namesOf(file).some((name) => dumpingGround.test(name))),
      'A folder or file is named by the noun it holds; this name would take in anything.',
    )
  })

  it('keep no old version beside a new one', () => {
    const version = /(^|-)(v\d+|new|old|legacy|deprecated)$/
    const declared =
      /export (?:async )?(?:const|function|class|type|interface) \w*(?:V\d+|New|Old|Legacy|Deprecated)\b/
    const offences = files.filter((file) => namesOf(file).some((name) => version.test(name)))
    refuseAny(
      [...offences, ...occurrences(sources(/\.(ts|vue)$/), declared)],
      'Change what is there and move its callers in the same change.',
    )
  })

  it('of files are kebab-case nouns, of components PascalCase', () => {
    const kebab = /^(\d+[-.])?[a-z\d]+(-[a-z\d]+)*(\.[a-z\d]+)*$/
    const composable = /\/composables\/use[A-Z][A-Za-z\d]*\.ts$/
    const component = /^[A-Z][A-Za-z\d]+\.vue$/
    const isNamedByNuxt = (file: string) =>
      /(^|\/)(pages|layouts)\//.test(file) || /\/(app|error)\.vue$/.test(file) || composable.test(file)
    const code = files.filter((file) => /\.(ts|mjs|vue)$/.test(file) && !isNamedByNuxt(file))
    refuseAny(
      code.filter((file) => !(file.endsWith('.vue') ? component : kebab).test(path.basename(file))),
      'Name TypeScript files in kebab-case and components in PascalCase.',
    )
  })
})
