/** A step of work on a package, for whoever waits for it. */
export interface TimedStep<Name extends string> {
  readonly name: Name
  readonly ms: number
}

export interface Timeline<Name extends string> {
  /** Those that ended well, in order. */
  readonly steps: TimedStep<Name>[]
  step<T>(name: Name, work: () => Promise<T>): Promise<T>
}

export function timeline<Name extends string>(): Timeline<Name> {
  const steps: TimedStep<Name>[] = []
  return {
    steps,
    step: async (name, work) => {
      const startedAt = performance.now()
      const result = await work()
      steps.push({ name, ms: Math.round((performance.now() - startedAt) * 10) / 10 })
      return result
    },
  }
}
