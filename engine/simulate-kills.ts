/** `npm run simulate -- --kill N [--seed N] [--seconds N]`: kills a working engine process so often, as `kill-loop.ts` says. */
import { KillLoop } from './test/kill-loop.ts'

/** Exits with code 1 when anything that was answered is missing, or anything was done twice. */
export async function simulateKills(
  kills: number,
  { seed, seconds }: { seed: number; seconds: number },
): Promise<void> {
  const startedAt = performance.now()
  try {
    const report = await new KillLoop(seed).run({ kills, seconds: seconds > 0 ? seconds : Infinity })
    const { kills: done, commands, retried, done: found } = report
    const ms = Math.round(performance.now() - startedAt)
    console.log(
      `seed ${seed}  ${done} kills  ${commands} commands  ${retried} unanswered and sent again, ${found} of them done before  ${ms} ms`,
    )
  } catch (error) {
    console.log(error instanceof Error ? error.message : String(error))
    console.log(`Again: npm run simulate -- --kill ${kills} --seed ${seed}`)
    process.exit(1)
  }
}
