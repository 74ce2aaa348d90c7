import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { manifestProblems, type ThemeManifest } from './manifest.ts'
import { themeOf, type Theme } from './theme-source.ts'

const THEME_FILE = 'theme.json'
/** Texts that go along with a package of the theme. */
const papers = ['README.md', 'LICENSE', 'CHANGELOG.md']

/** A font named by its npm package lies where that package is installed; its licence comes along. */
async function fontFile(directory: string, file: string): Promise<readonly [string, Buffer][]> {
  if (file.startsWith('fonts/')) return [[file, await readFile(path.join(directory, file))]]
  const resolve = createRequire(path.join(directory, THEME_FILE)).resolve
  const packageName = file.split('/', 2).join('/')
  const root = path.dirname(resolve(`${packageName}/package.json`))
  const licence = `fonts/${path.basename(packageName)}.license.txt`
  return [
    [`fonts/${path.basename(file)}`, await readFile(path.join(root, path.relative(packageName, file)))],
    [licence, await readFile(path.join(root, 'LICENSE'))],
  ]
}

/** Reads one theme's folder. Throws a sentence when it is none. */
export async function readThemeFolder(folder: string): Promise<Theme> {
  const directory = path.resolve(folder)
  const given = JSON.parse(await readFile(path.join(directory, THEME_FILE), 'utf8')) as unknown
  const problems = manifestProblems(given)
  if (problems.length > 0) throw new Error(`${directory}: ${problems.join(' ')}`)
  const read = given as ThemeManifest
  const fonts = read.fonts.map((font) => ({ ...font, file: `fonts/${path.basename(font.file)}` }))
  const logos = Object.values(read.logos).filter((file) => file !== null)
  const files = new Map([
    ...(await Promise.all(read.fonts.map(({ file }) => fontFile(directory, file)))).flat(),
    ...(await Promise.all(
      logos.map(async (file) => [file, await readFile(path.join(directory, file))] as const),
    )),
  ])
  for (const paper of papers) {
    const text = await readFile(path.join(directory, paper)).catch(() => undefined)
    if (text) files.set(paper, text)
  }
  return themeOf({ ...read, fonts }, files, { source: 'shipped', signature: 'shipped' })
}

/** Every theme that came with the platform; a folder without `theme.json` is none. */
export async function readThemeFolders(directory: string): Promise<readonly Theme[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(directory, name))
  const named = await Promise.all(
    folders.map(async (folder) => ((await readdir(folder)).includes(THEME_FILE) ? folder : null)),
  )
  return Promise.all(named.filter((folder) => folder !== null).map(readThemeFolder))
}
