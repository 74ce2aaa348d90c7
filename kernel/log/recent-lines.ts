import type { LogLine } from './log-line.ts'

const LINES_MAX = 5_000

const lines: LogLine[] = []
let next = 0

/** Keeps the last lines of this process in memory, so that those of a request can be found. */
export function remember(line: LogLine): void {
  lines[next] = line
  next = (next + 1) % LINES_MAX
}

/** What was said in a request, oldest first. */
export function linesOfRequest(requestId: string): readonly LogLine[] {
  const ordered = [...lines.slice(next), ...lines.slice(0, next)]
  return ordered.filter((line) => line.requestId === requestId)
}
