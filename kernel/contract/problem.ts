/** RFC 9457 `application/problem+json`, as every refused request is answered; refusal data are extra members. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly instance?: string
  readonly retryable?: boolean
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[]
  readonly [member: string]: unknown
}

const prefix = '/problems/'

export function problemType(code: string): string {
  return prefix + code
}

/** The refusal code of a problem: `ledger.insufficient_funds`. */
export function problemCode(problem: Problem): string {
  return problem.type.startsWith(prefix) ? problem.type.slice(prefix.length) : problem.type
}

/** What the client throws when the platform answers with a problem. `code` is the refusal's, e.g. `validation`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: string
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.title)
    this.code = problemCode(problem)
    this.problem = problem
  }
}
