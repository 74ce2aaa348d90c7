/** Makes one snapshot of a folder, as a process of its own: `node engine/snapshot-main.ts --data DIR`. */
import { constants, setPriority } from 'node:os'
import { parseArgs } from 'node:util'
import { nodeDisk } from './journal/disk.ts'
import { isLocked, lockFolder } from './journal/lock.ts'
import { makeSnapshot } from './journal/snapshot-maker.ts'

async function main(): Promise<void> {
  const { data } = parseArgs({ options: { data: { type: 'string' } } }).values
  if (!data) throw new Error('usage: node engine/snapshot-main.ts --data DIR')
  // The engine comes first, whoever else wants the processor.
  setPriority(constants.priority.PRIORITY_LOW)
  const startedAt = performance.now()
  const unlock = lockFolder(data, 'snapshot.lock')
  try {
    const made = await makeSnapshot(nodeDisk, data, { isRunning: isLocked(data) })
    const ms = Math.round(performance.now() - startedAt)
    process.stdout.write(`${JSON.stringify(made ? { ...made, ms } : { snapshot: null, ms })}\n`)
  } finally {
    unlock()
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
