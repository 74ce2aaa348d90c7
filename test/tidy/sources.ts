import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

export interface Source {
  /** Path from the checkout's root. */
  readonly file: string
  readonly text: string
}

const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64e6,
})

/** Every file of the repository, written or about to be. */
export const files: readonly string[] = [...new Set(listed.split('\0'))]
  .filter((file) => file !== '' && existsSync(path.join(root, file)))
  .toSorted()

/** The text of each file whose path matches. */
export function sources(pattern: RegExp): Source[] {
  return files
    .filter((file) => pattern.test(file))
    .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }))
}

/** Where `pattern` occurs, as `file:line: the line`. */
export function occurrences(searched: readonly Source[], pattern: RegExp): string[] {
  return searched.flatMap(({ file, text }) =>
    text
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  )
}

/** Fails with the advice and what it is about. */
export function refuseAny(offences: readonly string[], advice: string): void {
  const shown = offences.slice(0, 40).map((offence) => `\n  ${offence}`)
  if (offences.length > 0) assert.fail(`${advice}${shown.join('')}`)
}
