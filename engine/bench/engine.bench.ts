/**
 * Commands per second of the engine alone, matching with risk, balances and events, in this process and one thread.
 * `--workload FILE` plays the common workload and prints the checksum other engines print for it; without it a seeded
 * flow of places and cancels is played. Seconds are of processor time, since machines are shared.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { createPlayer } from './workload-player.ts'
import { readWorkload, seededWorkload } from './workload.ts'

const { values } = parseArgs({
  options: {
    workload: { type: 'string' },
    passes: { type: 'string', default: '5' },
    commands: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
})
const workload = values.workload
  ? readWorkload(values.workload)
  : seededWorkload(Number(values.commands), Number(values.seed))
const passes = Number(values.passes)
const timed = workload.total - workload.fill
// A move is a cancel and a place here, two commands of this engine; it counts as the one it is in the workload.
console.log(
  `engine: ${workload.name}, ${timed} commands, ${workload.markets} markets, ${workload.users} accounts, ${passes} passes, ` +
    `${cpus()[0]?.model}, Node ${process.version}`,
)
console.log('pass  M/s cpu  M/s wall')
const player = createPlayer(workload)
const rates: number[] = []
for (let pass = 1; pass <= passes; pass++) {
  player.clear()
  player.play(0, workload.fill)
  const wall = performance.now()
  const cpu = process.cpuUsage()
  player.play(workload.fill, workload.total)
  const { user, system } = process.cpuUsage(cpu)
  const rate = timed / (user + system)
  const wallRate = timed / (performance.now() - wall) / 1000
  console.log(
    `${String(pass).padStart(4)}  ${rate.toFixed(2).padStart(7)}  ${wallRate.toFixed(2).padStart(8)}`,
  )
  // The first passes run before the code is compiled.
  if (pass > Math.min(2, passes - 1)) rates.push(rate)
}
const median = rates.sort((a, b) => a - b)[rates.length >> 1]!
console.log(`trades ${player.trades}, checksum ${player.checksum}`)
const figures = {
  commandsPerSecond: Math.round(median * 1e6),
  trades: player.trades,
  checksum: player.checksum,
}
console.log(JSON.stringify({ bench: 'engine', figures }))
