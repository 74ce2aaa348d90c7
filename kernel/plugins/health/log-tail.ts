import type { Logger } from '../../broker/index.ts'

/** A line of a plugin's log, or of the kernel's about it. */
export interface LogLine {
  /** Ascending over all plugins; what comes later has a higher one. */
  readonly seq: number
  readonly at: string
  readonly level: keyof Logger
  readonly message: string
}

const LINES_MAX = 500
const MESSAGE_MAX = 4_000

/** The last lines about each plugin, kept in memory beside the log they are written to. */
export class LogTail {
  readonly #lines = new Map<string, LogLine[]>()
  #seq = 0

  /** Writes to `log` as before; lines that name their plugin are kept as well. */
  beside(log: Logger): Logger {
    const write = (level: keyof Logger) => (message: string, data?: object) => {
      log[level](message, data)
      const { plugin, ...facts } = (data ?? {}) as { readonly plugin?: unknown }
      if (typeof plugin === 'string') this.#keep(plugin, level, message, facts)
    }
    return { info: write('info'), warn: write('warn'), error: write('error') }
  }

  /** Oldest first. */
  read(pluginId: string, limit: number): readonly LogLine[] {
    return this.#lines.get(pluginId)?.slice(-limit) ?? []
  }

  #keep(pluginId: string, level: keyof Logger, message: string, facts: object): void {
    const lines = this.#lines.get(pluginId) ?? []
    this.#lines.set(pluginId, lines)
    this.#seq += 1
    const text = [message, ...Object.entries(facts).map(([name, value]) => `${name}: ${shown(value)}`)].join(
      '\n',
    )
    lines.push({ seq: this.#seq, at: new Date().toISOString(), level, message: text.slice(0, MESSAGE_MAX) })
    if (lines.length > 2 * LINES_MAX) lines.splice(0, lines.length - LINES_MAX)
  }
}

function shown(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message
  if (typeof value === 'string') return value
  try {
    return (
      JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)) ?? ''
    )
  } catch {
    return String(value)
  }
}
