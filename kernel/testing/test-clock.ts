import type { Clock } from '../clock.ts'

/** The platform's time, for a test to move. It goes on by itself from wherever it was put. */
export interface TestClock extends Clock {
  /** Goes forward, and resolves when what became due by it has been done. */
  advance(ms: number): Promise<void>
  /** Goes to a moment; the same as `advance` when that is in the future. */
  set(moment: Date | string): Promise<void>
}

/** `moved` is told after each move. */
export function createTestClock(moved: () => Promise<void>): TestClock {
  let offsetMs = 0
  const now = (): Date => new Date(Date.now() + offsetMs)
  const move = async (ms: number): Promise<void> => {
    offsetMs += ms
    await moved()
  }
  return {
    now,
    advance: move,
    set: (moment) => move(new Date(moment).getTime() - now().getTime()),
  }
}
