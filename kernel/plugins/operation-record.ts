import { ulid } from '../broker/index.ts'
import { Refusal } from '../contract/index.ts'
import type { Operation, OperationStep } from './routes.ts'

type StepName = OperationStep['name']

/** Sets the sentence beside a step. */
export type Detail = (text: string) => void

/** Writes down an operation while it runs, and tells who listens at every change. */
export class OperationRecord {
  readonly #startedAt = new Date()
  readonly #changed: (operation: Operation) => void
  readonly #identity: Pick<Operation, 'id' | 'pluginId' | 'action'>
  #steps: OperationStep[]
  #outcome: Omit<Operation, 'id' | 'pluginId' | 'action' | 'steps' | 'startedAt'> = {
    state: 'running',
    version: null,
    fromVersion: null,
    exportId: null,
    generation: null,
    reason: null,
    finishedAt: null,
  }

  constructor(
    identity: { readonly pluginId: string; readonly action: Operation['action'] },
    steps: readonly StepName[],
    changed: (operation: Operation) => void,
  ) {
    this.#identity = { id: ulid(), ...identity }
    this.#steps = steps.map((name) => ({ name, state: 'waiting', ms: null }))
    this.#changed = changed
  }

  get id(): string {
    return this.#identity.id
  }

  /** As of now; later changes do not reach it. */
  get operation(): Operation {
    return {
      ...this.#identity,
      ...this.#outcome,
      steps: this.#steps.map((step) => ({ ...step })),
      startedAt: this.#startedAt.toISOString(),
    }
  }

  /** Adds what is known of it by now. */
  set(known: Partial<Pick<Operation, 'version' | 'fromVersion' | 'exportId'>>): void {
    this.#outcome = { ...this.#outcome, ...known }
  }

  /** Runs a step's work, timed. A step not foreseen is added at the end. */
  async step<T>(name: StepName, work: (detail: Detail) => Promise<T> | T): Promise<T> {
    let found = this.#steps.find((step) => step.name === name)
    if (!found) this.#steps.push((found = { name, state: 'waiting', ms: null }))
    const step = found
    const startedAt = performance.now()
    const end = (state: OperationStep['state']): void => {
      step.state = state
      step.ms = Math.round((performance.now() - startedAt) * 1000) / 1000
      this.#changed(this.operation)
    }
    step.state = 'running'
    this.#changed(this.operation)
    try {
      const result = await work((text) => (step.detail = text))
      end('done')
      return result
    } catch (error) {
      step.detail = sentence(error)
      end('failed')
      throw error
    }
  }

  finish(
    state: 'done' | 'failed',
    { generation, reason = null }: { generation: number | null; reason?: string | null },
  ): void {
    for (const step of this.#steps) if (step.state === 'waiting') step.state = 'skipped'
    this.#outcome = { ...this.#outcome, state, generation, reason, finishedAt: new Date().toISOString() }
    this.#changed(this.operation)
  }
}

/** An error in words for the operator. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Like `sentence`; a refusal's data say more than its message when they list problems. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Refusal)) return sentence(error)
  const {
    problems = [],
    dependencies = [],
    added = [],
  } = error.data as {
    problems?: readonly string[]
    dependencies?: readonly { id: string; range: string; state: string }[]
    added?: readonly { grant: string; value: string | null }[]
  }
  const unmet = dependencies.map(({ id, range, state }) => `${id} ${range} is ${state}.`)
  const asked = added.map(({ grant, value }) => (value === null ? `${grant}.` : `${grant}: ${value}.`))
  return [error.message, ...problems, ...unmet, ...asked].join(' ')
}
