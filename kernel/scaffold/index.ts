/** Makes a plugin's folder from the starter beside this file, which is itself a whole, tested plugin. */
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

const STARTER = 'notebook'
const starter = path.join(import.meta.dirname, STARTER)
/** What takes its place, or comes beside it, in a package of its own. */
const outside = path.join(import.meta.dirname, 'outside')
const idPattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const ID_MAX = 40

/** Why a plugin cannot be made, as one sentence for its author. */
export class ScaffoldError extends Error {
  override readonly name = 'ScaffoldError'
}

/**
 * Writes `<parent>/<id>` and answers the files in it, relative and sorted. Throws `ScaffoldError` for an id that no
 * plugin can have and for a folder that exists; half a plugin is never left behind.
 */
export async function scaffold(parent: string, id: string): Promise<readonly string[]> {
  return write(parent, id, (draft) => cp(starter, draft, { recursive: true, filter: isForAll }))
}

/** The same plugin as a package of its own, which brings the tools that a checkout has. */
export async function scaffoldOutside(parent: string, id: string): Promise<readonly string[]> {
  return write(parent, id, async (draft) => {
    await cp(starter, draft, { recursive: true })
    await cp(outside, draft, { recursive: true })
    // npm gives a file of this name another one when it unpacks the package that the scaffold comes in.
    await rename(path.join(draft, 'gitignore'), path.join(draft, '.gitignore'))
  })
}

/** In a checkout every test runs on a platform. */
function isForAll(file: string): boolean {
  return !path.relative(starter, file).startsWith(path.join('test', 'contract'))
}

async function write(
  parent: string,
  id: string,
  fill: (draft: string) => Promise<void>,
): Promise<readonly string[]> {
  if (!idPattern.test(id) || id.length > ID_MAX) {
    throw new ScaffoldError(
      `${id} is no plugin id: small letters, digits and single dashes, beginning with a letter, at most ${ID_MAX}.`,
    )
  }
  const target = path.join(parent, id)
  const draft = path.join(parent, `.${id}.draft`)
  await mkdir(parent, { recursive: true })
  await rm(draft, { recursive: true, force: true })
  try {
    await fill(draft)
    const files = await renameAll(draft, id)
    await rename(draft, target)
    return files
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTEMPTY' || code === 'EEXIST') throw new ScaffoldError(`${target} exists already.`)
    throw error
  }
}

async function renameAll(directory: string, id: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const written = files.map(async ({ parentPath, name }) => {
    const before = path.join(parentPath, name)
    const after = path.join(parentPath, renamed(name, id))
    await writeFile(before, renamed(await readFile(before, 'utf8'), id))
    if (after !== before) await rename(before, after)
    return path.relative(directory, after)
  })
  return (await Promise.all(written)).sort()
}

/** The starter's name in its three forms: of components, of tables, and of everything else. */
function renamed(text: string, id: string): string {
  const words = id.split('-')
  const pascal = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
  const title = words
    .map((word, index) => (index === 0 ? word[0]!.toUpperCase() + word.slice(1) : word))
    .join(' ')
  return text
    .replaceAll(/Notebook(?=[A-Z])/g, pascal)
    .replaceAll('Notebook', title)
    .replaceAll('notebook_', `${words.join('_')}_`)
    .replaceAll('notebookRefusals', `${camel(words)}Refusals`)
    .replaceAll('the notebook', `the ${words.join(' ')}`)
    .replaceAll(/notebook(?!-pen)/g, id)
}

function camel([first = '', ...rest]: readonly string[]): string {
  return first + rest.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
}
