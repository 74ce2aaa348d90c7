import { ProblemError, Refusal } from '../contract/index.ts'

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

/** Errors that are one sentence for whoever ran the command. By name: not every command loads what throws them. */
const saysItAll: ReadonlySet<string> = new Set([
  'CommandError',
  'MalformedLine',
  'RecordingError',
  'ReplayRefused',
  'ScaffoldError',
])

/** Why a command failed, for a person. Bugs keep their stack. */
export function explain(error: unknown): string {
  if (error instanceof ProblemError) {
    const { title, detail, errors = [], instance, type: _, status: _status, ...about } = error.problem
    const lines = errors.map(({ pointer, detail: reason }) => `  ${pointer} ${reason}`)
    const head = detail && detail !== title ? `${title} ${detail}` : title
    const whole = [`${head} (${error.code})`, ...lines, ...membersOf(about)]
    return [...whole, ...(instance ? [`  ${instance}`] : [])].join('\n')
  }
  if (error instanceof Refusal) {
    return [`${error.message} (${error.type})`, ...membersOf(error.data)].join('\n')
  }
  if (error instanceof Error && saysItAll.has(error.name)) return error.message
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** What a refusal says beside its sentence: which file, key, version or rule it is about. */
function membersOf(about: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(about).flatMap(([name, value]) => {
    if (name === 'retryable') return []
    if (!Array.isArray(value)) return [`  ${name}: ${textOf(value)}`]
    return value.length === 0 ? [] : [`  ${name}:`, ...value.map((one) => `    ${textOf(one)}`)]
  })
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim().replaceAll('\n', '\n    ') : JSON.stringify(value)
}
