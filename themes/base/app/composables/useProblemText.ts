import { ProblemError } from '@cambium/kernel/contract'

/** Where the text of a refusal is: among the host's own, or in the locales of the plugin whose refusal it is. */
export function problemKey(code: string, has: (key: string) => boolean): string | null {
  const [owner, ...reason] = code.split('.')
  const keys = [`problems.${code}`, `${owner}.problems.${reason.join('.')}`]
  return keys.find(has) ?? null
}

/** The id of the request that failed, which support finds it by in the logs; undefined when no request did. */
export function requestIdOf(error: unknown): string | undefined {
  return error instanceof ProblemError ? error.problem.instance?.replace(/^\/requests\//, '') : undefined
}

/** One sentence for whatever was thrown, in the reader's language where there is a translation of the refusal. */
export function useProblemText(): (error: unknown) => string {
  const { t, te } = useI18n()
  return (error) => {
    if (!(error instanceof ProblemError)) return t('host.unreachable')
    const key = problemKey(error.code, te)
    return key === null ? error.problem.title : t(key)
  }
}
