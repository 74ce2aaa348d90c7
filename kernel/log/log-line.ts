import { redacting, redactText } from './redact.ts'

export type Level = 'info' | 'warn' | 'error'

/** One line of the log, as it is written and searched. */
export interface LogLine {
  readonly time: string
  readonly level: Level
  /** Who says it: a module of the kernel. */
  readonly owner: string
  readonly message: string
  /** Of the request, job or delivery it was said in. */
  readonly requestId?: string
  readonly plugin?: string
  readonly node?: string
  readonly data?: Readonly<Record<string, unknown>>
}

interface Said {
  readonly level: Level
  readonly owner: string
  readonly message: string
  readonly data: object | undefined
  readonly requestId: string | undefined
  readonly node: string | undefined
}

/** Members of `data` that are of the line itself. */
function lifted(data: object | undefined): { plugin?: string; requestId?: string; rest: object } {
  const { plugin, requestId, ...rest } = (data ?? {}) as { plugin?: unknown; requestId?: unknown }
  return {
    ...(typeof plugin === 'string' ? { plugin } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
    rest,
  }
}

function cleaned(data: object): LogLine['data'] {
  try {
    return JSON.parse(JSON.stringify(data, redacting)) as LogLine['data']
  } catch {
    // What refers to itself is named, not shown.
    return { unreadable: Object.keys(data) }
  }
}

export function lineOf({ level, owner, message, data, requestId, node }: Said): LogLine {
  const { plugin, requestId: own, rest } = lifted(data)
  const request = requestId ?? own
  return {
    time: new Date().toISOString(),
    level,
    owner,
    message: redactText(message),
    ...(request === undefined ? {} : { requestId: request }),
    ...(plugin === undefined ? {} : { plugin }),
    ...(node === undefined ? {} : { node }),
    ...(Object.keys(rest).length === 0 ? {} : { data: cleaned(rest) ?? {} }),
  }
}

/** For people: time, level and who says it, then what; stacks on lines of their own. */
export function humanText({ time, level, owner, message, requestId, plugin, data = {} }: LogLine): string {
  const { error, ...facts } = data
  const who = plugin === undefined ? owner : `${owner} ${plugin}`
  const shown = Object.keys(facts).length === 0 ? '' : ` ${JSON.stringify(facts)}`
  const request = requestId === undefined ? '' : ` (${requestId})`
  const stack =
    typeof error === 'string' ? `\n${error}` : error === undefined ? '' : ` ${JSON.stringify(error)}`
  return `${time} ${level.padEnd(5)} ${who} ${message}${shown}${request}${stack}`
}

/** A line of a log file as it was said, or undefined when it is none of ours. */
export function parseLine(text: string): LogLine | undefined {
  if (!text.startsWith('{"time"')) return undefined
  try {
    return JSON.parse(text) as LogLine
  } catch {
    return undefined
  }
}
