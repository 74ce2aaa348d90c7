import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { transform } from 'esbuild'
import { compile } from 'tailwindcss'
import { writeAsset } from '../asset-files.ts'
import { serveRequests } from '../side-process.ts'
import type { HostStyles, SheetRequest, SheetResult } from './sheet.ts'

interface Compiler {
  readonly text: string
  readonly hostCandidates: readonly string[]
  readonly built: Set<string>
  readonly build: (candidates: string[]) => string
}

const compilers = new Map<string, Compiler>()

async function loadCompiler(text: string): Promise<Compiler> {
  const host = JSON.parse(text) as HostStyles
  const sheet = (name: string): HostStyles['stylesheets'][string] => {
    const found = host.stylesheets[name]
    if (!found) throw new Error(`styles.json has no style sheet ${name}.`)
    return found
  }
  const { build } = await compile(sheet(host.entry).content, {
    base: host.entry,
    loadStylesheet: async (id, base) => {
      const name = sheet(base).imports[id]
      if (name === undefined) throw new Error(`styles.json does not say what ${id} is in ${base}.`)
      return { path: name, base: name, content: sheet(name).content }
    },
    loadModule: async (id) => {
      throw new Error(`${id}: the platform's style sheet takes no code.`)
    },
  })
  return { text, hostCandidates: host.candidates, built: new Set(), build }
}

/**
 * A compiler only ever adds classes. One that has built for plugins disabled since is left for a new one, so that the
 * sheet depends on what is enabled and not on what has been.
 */
async function compilerFor(file: string, candidates: readonly string[]): Promise<Compiler> {
  const text = await readFile(file, 'utf8')
  const known = compilers.get(file)
  const wanted = new Set(candidates)
  if (known?.text === text && [...known.built].every((candidate) => wanted.has(candidate))) return known
  const compiler = await loadCompiler(text)
  compilers.set(file, compiler)
  return compiler
}

async function compileSheet({ stylesFile, candidates, directory }: SheetRequest): Promise<SheetResult> {
  const compiler = await compilerFor(stylesFile, candidates)
  for (const candidate of candidates) compiler.built.add(candidate)
  const css = compiler.build([...compiler.hostCandidates, ...candidates])
  const { code } = await transform(css, { loader: 'css', minify: true })
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16)
  const file = path.join(directory, `${hash}.css`)
  if (!existsSync(file)) await writeAsset(file, code)
  return { hash }
}

serveRequests(compileSheet)
