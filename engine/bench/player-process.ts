/** `player-process.ts WORKLOAD`: for each line on its input plays one pass in this engine and prints one line of JSON. */
import '../process/inlining.ts'
import { createInterface } from 'node:readline'
import { checkWorkload, playPass } from './player.ts'
import { readWorkload } from './workload.ts'

const script = checkWorkload(readWorkload(process.argv[2] ?? ''))
const timed = script.workload.total - script.workload.fill
for await (const _ of createInterface({ input: process.stdin })) {
  const { cpuSeconds, wallSeconds, bookHash, balanceHash } = playPass(script)
  const { trades, tradeChecksum } = script.checksums
  const rates = { perCpuSecond: timed / cpuSeconds, perSecond: timed / wallSeconds }
  const checksums = { trades, tradeChecksum, bookHash, balanceHash }
  console.log(JSON.stringify({ ...rates, ...checksums, refusals: script.refusals }))
  // What a pass leaves behind is collected here and not while the next one is timed.
  globalThis.gc?.()
}
