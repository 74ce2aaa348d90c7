import { setTimeout as pause } from 'node:timers/promises'

/** Asks again until `isTrue` holds, or fails with `what` after the deadline. */
export async function eventually(
  what: string,
  isTrue: () => Promise<boolean> | boolean,
  everyMs = 10,
): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`It did not come true in time: ${what}`)
    await pause(everyMs)
  }
}
