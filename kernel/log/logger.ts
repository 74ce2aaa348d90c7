import { activeRequestId } from '../tracing/index.ts'
import { humanText, lineOf, type Level, type LogLine } from './log-line.ts'
import { remember } from './recent-lines.ts'

export interface Logger {
  info(message: string, data?: object): void
  warn(message: string, data?: object): void
  error(message: string, data?: object): void
}

let node: string | undefined

/** Every line names the node from now on. */
export function nameNode(nodeId: string): void {
  node = nodeId
}

type Output = (line: LogLine) => void

/** `LOG_FORMAT` is `json` or `text`; without it people get text and everything else JSON. */
function writeOut(line: LogLine): void {
  const stream = line.level === 'info' ? process.stdout : process.stderr
  const format = process.env.LOG_FORMAT ?? (stream.isTTY ? 'text' : 'json')
  stream.write(`${format === 'text' ? humanText(line) : JSON.stringify(line)}\n`)
}

function loggerTo(output: Output, owner: string): Logger {
  const say = (level: Level) => (message: string, data?: object) => {
    const line = lineOf({ level, owner, message, data, requestId: activeRequestId(), node })
    remember(line)
    output(line)
  }
  return { info: say('info'), warn: say('warn'), error: say('error') }
}

/**
 * Writes one line a message, with the time, the level, who says it and in which request; errors in `data` show their
 * stack, secrets nothing.
 */
export function createLogger(owner: string): Logger {
  return loggerTo(writeOut, owner)
}

/** Writes nothing, but its lines are found like all others: for tests. */
export function quietLogger(owner: string): Logger {
  return loggerTo(() => undefined, owner)
}

/** Says nothing; for tests that provoke what would be logged. */
export const silentLogger: Logger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
