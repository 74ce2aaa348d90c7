import { Refusal } from '../../contract/index.ts'

/** An error between two threads or processes: what structured clone would lose of it included. */
export interface ErrorWire {
  readonly name: string
  readonly message: string
  readonly stack: string
  /** `type`, `code`, `data` of a refusal; `errno`, `sqlState` of a database error. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly cause?: ErrorWire
}

const CAUSES_MAX = 4
const plainKinds: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'bigint'])

export function packError(error: unknown, depth = 0): ErrorWire {
  if (!(error instanceof Error)) {
    const message =
      typeof error === 'string' ? error : `Something that is no error was thrown: ${String(error)}`
    return { name: 'Error', message, stack: message, fields: {} }
  }
  const own = Object.entries(error).filter(([key, value]) => isCarried(key, value))
  const { name, message, stack = `${name}: ${message}`, cause } = error
  return {
    name,
    message,
    stack,
    fields: Object.fromEntries(own),
    ...(cause === undefined || depth >= CAUSES_MAX ? {} : { cause: packError(cause, depth + 1) }),
  }
}

function isCarried(key: string, value: unknown): boolean {
  if (key === 'name' || key === 'message' || key === 'stack' || key === 'cause') return false
  return value === null || plainKinds.has(typeof value) || key === 'data'
}

/** Rebuilds it so that whoever looks at its type, code or data sees no difference. */
export function unpackError({ name, message, stack, fields, cause }: ErrorWire): Error {
  const error = name === 'Refusal' ? rebuiltRefusal(message, fields) : new Error(message)
  if (name !== 'Refusal') {
    Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true })
    Object.assign(error, fields)
  }
  error.stack = stack
  if (cause) error.cause = unpackError(cause)
  return error
}

function rebuiltRefusal(message: string, fields: ErrorWire['fields']): Refusal {
  const { type, code, data, retryable } = fields
  const declaration = { status: Number(code), message, retryable: retryable === true }
  return new Refusal(String(type), declaration, (data ?? {}) as Refusal['data'])
}
