import { setTimeout as pause } from 'node:timers/promises'

/** The answer of `work`, or `otherwise` after the deadline; `work` goes on unobserved then. */
export async function within<T>(work: Promise<T>, deadlineMs: number, otherwise: () => T): Promise<T> {
  const timer = new AbortController()
  // Looked at here as well, because nobody else does when the deadline comes first.
  work.catch(() => undefined)
  const late = pause(deadlineMs, undefined, { signal: timer.signal }).then(otherwise)
  late.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    timer.abort()
  }
}

/** `within` that throws a sentence about what took too long. */
export async function timed<T>(work: Promise<T>, deadlineMs: number, what: string): Promise<T> {
  return within(work, deadlineMs, () => {
    throw new Error(`${what} took longer than ${deadlineMs} ms.`)
  })
}
