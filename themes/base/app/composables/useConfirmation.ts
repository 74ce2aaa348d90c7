import { ProblemError } from '@cambium/kernel/contract'

interface Asked {
  /** Resolves the question: confirmed, or given up. */
  answer(isConfirmed: boolean): void
}

/** The question that is open; one dialog in the frame of the app shows it. */
export function useConfirmationState() {
  return useState<Asked | null>('cambium:confirmation', () => null)
}

/**
 * Does what may ask who is there: where the server wants to be sure, the reader is asked for a code or the password, and
 * `work` is done again. Null when they gave up.
 */
export function useConfirmation(): <T>(work: () => Promise<T>) => Promise<T | null> {
  const asked = useConfirmationState()
  return async (work) => {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof ProblemError) || error.code !== 'identity.confirmation_needed') throw error
      }
      const isConfirmed = await new Promise<boolean>((resolve) => {
        asked.value = markRaw({ answer: resolve })
      })
      asked.value = null
      if (!isConfirmed) return null
    }
  }
}
