/** `npm run simulate -- --crash N [--seed N]`: so many rounds of crashes of a primary and its standby, as `crash-rounds.ts` says. */
import { CrashRounds } from './test/crash-rounds.ts'

/** Exits with code 1 at the first thing that is not as it must be, and leaves the folders for whoever wants to know why. */
export async function simulateCrashes(rounds: number, seed: number): Promise<void> {
  const startedAt = performance.now()
  const crashes = new CrashRounds(seed, rounds)
  console.log(`seed ${seed}`)
  try {
    await crashes.begin()
    for (let round = 1; round <= rounds; round++) {
      const { what, commands, unanswered, done, seq } = await crashes.play(round)
      console.log(
        `round ${round}  ${what}  ${commands} commands  ${unanswered} unanswered, ${done} of them done  event ${seq}`,
      )
    }
    const commands = await crashes.end()
    const ms = Math.round(performance.now() - startedAt)
    console.log(`seed ${seed}  ${rounds} rounds  ${commands} commands, each answered once  ${ms} ms`)
    await crashes.dispose()
  } catch (error) {
    console.log(error instanceof Error ? error.message : String(error))
    for (const { data, told } of crashes.cluster.engines)
      console.log(`\n${data}\n${told.slice(-10).join('\n')}`)
    console.log(`\nAgain: npm run simulate -- --crash ${rounds} --seed ${seed}`)
    console.log(
      'The seed decides what is sent and what is killed; what was on its way is in the folders, which are left.',
    )
    await crashes.dispose({ isKept: true })
    process.exit(1)
  }
}
