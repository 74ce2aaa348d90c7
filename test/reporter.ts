import { reporters, type Runner, type Test } from 'mocha'

/** Mocha's spec reporter with one more line at the end, the same in every run: `N passed, N failed, N skipped`. */
export class SummaryReporter extends reporters.Spec {
  readonly #slow: Test[] = []

  constructor(runner: Runner, options: Mocha.MochaOptions) {
    super(runner, options)
    runner.on('test end', (test: Test) => {
      if ((test.duration ?? 0) > 2_000) this.#slow.push(test)
    })
  }

  override done(failures: number, finish?: (failures: number) => void): void {
    for (const test of this.#slow.toSorted((a, b) => (b.duration ?? 0) - (a.duration ?? 0)).slice(0, 5)) {
      console.log(`  slow: ${((test.duration ?? 0) / 1000).toFixed(1)} s  ${test.fullTitle()}`)
    }
    const { passes = 0, pending = 0 } = this.stats
    console.log(`\n${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}`)
    finish?.(failures)
  }
}

export default SummaryReporter
