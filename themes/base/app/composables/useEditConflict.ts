import { ProblemError } from '@cambium/kernel/contract'
import { shallowRef, type Ref } from 'vue'

/** What somebody else has saved while one was typing. */
export interface EditConflict<T> {
  readonly theirs: T
}

/**
 * Saves with the revision that was read. A stale write is refused with the present state: then `conflict` holds it, and
 * the reader takes theirs or writes over it, knowing what.
 */
export function useEditConflict<T extends { readonly revision: number }>(): {
  readonly conflict: Ref<EditConflict<T> | null>
  /** Null when it was refused for being stale. */
  attempt<R>(work: () => Promise<R>): Promise<R | null>
} {
  const conflict = shallowRef<EditConflict<T> | null>(null)
  return {
    conflict,
    async attempt(work) {
      try {
        const result = await work()
        conflict.value = null
        return result
      } catch (error) {
        if (!(error instanceof ProblemError) || !error.code.endsWith('.changed_meanwhile')) throw error
        const { current } = error.problem as { readonly current?: T }
        if (!current) throw error
        conflict.value = { theirs: current }
        return null
      }
    },
  }
}
