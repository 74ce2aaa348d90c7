import { ProblemError } from '@cambium/kernel/contract'

export interface FormProblem {
  /** Field name → what is wrong with it. */
  readonly fields: Readonly<Record<string, string>>
  /** What belongs to no field; null when every complaint has its place. */
  readonly general: string | null
}

/** Speaks for a problem: a translation when there is one, else the server's own sentence. */
export type ProblemText = (problem: ProblemError) => string

/**
 * Sorts a failed request to the fields of a form: validation errors by their pointer (`#/email`), refusals by
 * `fieldOf` (`identity.email_already_used` → `email`).
 */
export function formProblem(
  error: unknown,
  fieldOf: Readonly<Record<string, string>>,
  text: ProblemText,
  unreachable: string,
): FormProblem {
  if (!(error instanceof ProblemError)) return { fields: {}, general: unreachable }
  const pointed = (error.problem.errors ?? []).flatMap(({ pointer, detail }) => {
    const field = /^#\/([^/]+)/.exec(pointer)?.[1]
    return field === undefined ? [] : [[field, detail] as const]
  })
  if (pointed.length > 0) return { fields: Object.fromEntries(pointed), general: null }
  const field = fieldOf[error.code]
  const message = text(error)
  return field === undefined
    ? { fields: {}, general: message }
    : { fields: { [field]: message }, general: null }
}
