import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { assetsDirectory } from '../asset-files.ts'
import { SideProcess } from '../side-process.ts'
import type { SheetRequest, SheetResult } from './sheet.ts'

const PROCESS_IDLE_MS = 600_000
const program = fileURLToPath(new URL('compile-sheet.ts', import.meta.url))

export interface StyleSheets {
  /** URL of the sheet over the host of `stylesFile` and these candidates; null while the host was not built. */
  compile(stylesFile: string, candidates: readonly string[]): Promise<string | null>
  stop(): void
}

/** Compiles in a process kept warm, and each set of candidates once: a restart finds what was made before. */
export function createStyleSheets(dataDirectory: string): StyleSheets {
  const directory = path.join(assetsDirectory(dataDirectory), 'styles')
  const process = new SideProcess<SheetRequest, SheetResult>(program, { idleMs: PROCESS_IDLE_MS })
  const records = path.join(dataDirectory, 'plugin-builds')

  return {
    compile: async (stylesFile, candidates) => {
      const host = await stat(stylesFile).catch(() => undefined)
      if (!host) return null
      const sorted = [...new Set(candidates)].sort()
      const key = createHash('sha256')
        .update(`${stylesFile}\0${host.mtimeMs}\0${host.size}\0${sorted.join('\0')}`)
        .digest('hex')
        .slice(0, 32)
      const record = path.join(records, `sheet-${key}`)
      const known = await readFile(record, 'utf8').catch(() => '')
      if (known !== '' && existsSync(path.join(directory, `${known}.css`))) return url(known)
      const { hash } = await process.run({ stylesFile, candidates: sorted, directory })
      await mkdir(records, { recursive: true })
      await writeFile(record, hash)
      return url(hash)
    },
    stop: () => process.stop(),
  }
}

function url(hash: string): string {
  return `/_plugins/styles/${hash}.css`
}
