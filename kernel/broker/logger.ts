export interface Logger {
  info(message: string, data?: object): void
  warn(message: string, data?: object): void
  error(message: string, data?: object): void
}

type Level = keyof Logger

function text(value: unknown): unknown {
  if (value instanceof Error) return value.stack ?? value.message
  return typeof value === 'bigint' ? value.toString() : value
}

function write(level: Level, owner: string, message: string, data: object | undefined): void {
  const facts = data === undefined ? '' : ` ${JSON.stringify(data, (_, value: unknown) => text(value))}`
  const line = `${new Date().toISOString()} ${level.padEnd(5)} ${owner} ${message}${facts}\n`
  if (level === 'info') process.stdout.write(line)
  else process.stderr.write(line)
}

/** Writes one line a message, with the time, the level and who says it; errors in `data` show their stack. */
export function createLogger(owner: string): Logger {
  return {
    info: (message, data) => write('info', owner, message, data),
    warn: (message, data) => write('warn', owner, message, data),
    error: (message, data) => write('error', owner, message, data),
  }
}

/** Says nothing; for tests that provoke what would be logged. */
export const silentLogger: Logger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
