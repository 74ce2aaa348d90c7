import { ProblemError } from '@cambium/kernel/contract'

/** One sentence for whatever was thrown, in the reader's language where there is a translation of the refusal. */
export function useProblemText(): (error: unknown) => string {
  const { t, te } = useI18n()
  return (error) => {
    if (!(error instanceof ProblemError)) return t('host.unreachable')
    const key = `problems.${error.code}`
    return te(key) ? t(key) : error.problem.title
  }
}
