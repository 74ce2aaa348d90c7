import { context, type Context } from '@opentelemetry/api'
import { activeTraceparent, isTraced } from './active.ts'

interface Passage {
  readonly base: Context
  count: number
}

/**
 * What is being done, while a thread or process that is not trusted works for it. Its own questions name the step they
 * belong to; a name that was not given to it is taken for none.
 */
export class Passages {
  readonly #open = new Map<string, Passage>()

  /** The step that is left; undefined when it is not recorded. */
  readonly leave = (): string | undefined => {
    const name = isTraced() ? activeTraceparent() : undefined
    if (name === undefined) return undefined
    const known = this.#open.get(name)
    if (known) known.count += 1
    else this.#open.set(name, { base: context.active(), count: 1 })
    return name
  }

  /** What the step waited for is over. */
  readonly back = (name: string): void => {
    const passage = this.#open.get(name)
    if (!passage) return
    passage.count -= 1
    if (passage.count === 0) this.#open.delete(name)
  }

  readonly run = <T>(name: unknown, work: () => T): T => {
    const passage = typeof name === 'string' ? this.#open.get(name) : undefined
    return passage ? context.with(passage.base, work) : work()
  }
}
