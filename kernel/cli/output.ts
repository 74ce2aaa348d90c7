import { MalformedLine } from '@cambium/engine'
import { ProblemError } from '../contract/index.ts'
import { RecordingError, ReplayRefused } from '../replay/index.ts'
import { ScaffoldError } from '../scaffold/index.ts'
import { CommandError } from './operator-api.ts'

export interface OutputOptions {
  readonly json?: boolean
}

/** Prints a result: one JSON line for programs, otherwise what `readable` makes of it. */
export function print<T>(result: T, options: OutputOptions, readable: (result: T) => string): void {
  process.stdout.write(`${options.json ? JSON.stringify(result) : readable(result)}\n`)
}

/** A table with aligned columns; a header whose name ends in a space of its own is aligned to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) =>
    Math.max(name.trimEnd().length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return header[column]?.endsWith(' ') ? cell.trimEnd().padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return [line(header), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n')
}

/** Why a command failed, for a person. Bugs keep their stack. */
export function explain(error: unknown): string {
  if (error instanceof ProblemError) {
    const { title, detail, errors = [], instance } = error.problem
    const lines = errors.map(({ pointer, detail: reason }) => `  ${pointer} ${reason}`)
    const head = detail && detail !== title ? `${title} ${detail}` : title
    return [`${head} (${error.code})`, ...lines, ...(instance ? [`  ${instance}`] : [])].join('\n')
  }
  const isExpected = [CommandError, MalformedLine, RecordingError, ReplayRefused, ScaffoldError].some(
    (kind) => error instanceof kind,
  )
  if (isExpected) return (error as Error).message
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
