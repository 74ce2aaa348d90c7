import { problemType, refusalCatalogue, type Problem, type RefusalData } from '../contract/index.ts'
import type { Logger } from '../log/index.ts'
import { activeRequestId } from '../tracing/index.ts'
import { platformRefusals } from './refusals.ts'

export interface ProblemOptions {
  readonly log: Logger
  /** Where it happened, for the log: an action or a path. */
  readonly place: string
  readonly requestId?: string
}

interface RefusalFields {
  readonly type: string
  readonly code: number
  readonly message: string
  readonly data?: RefusalData
  readonly retryable?: boolean
}

/** A refusal is known by its code: one that came over the network is a plain Error with the same fields. */
function isRefusal(error: unknown): error is RefusalFields {
  return (
    error instanceof Error &&
    'type' in error &&
    typeof error.type === 'string' &&
    'code' in error &&
    typeof error.code === 'number' &&
    (error.name === 'Refusal' || refusalCatalogue().has(error.type))
  )
}

/**
 * The one mapping of errors to what the outside sees. A refusal is told in full; anything else is a bug, which is
 * logged with its stack under the request's id, and the id is all that leaves.
 */
export function toProblem(
  error: unknown,
  { log, place, requestId = activeRequestId() }: ProblemOptions,
): Problem {
  const instance = requestId === undefined ? {} : { instance: `/requests/${requestId}` }
  if (isRefusal(error)) {
    const { type, code: status, message: title, data, retryable } = error
    return {
      ...data,
      type: problemType(type),
      title,
      status,
      ...instance,
      ...(retryable ? { retryable } : {}),
    }
  }
  log.error(`A mistake of the platform in ${place}`, {
    error,
    ...(requestId === undefined ? {} : { requestId }),
  })
  const { code, message: title, status } = platformRefusals.bug
  return { type: problemType(code), title, status, ...instance }
}
