import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const CYCLES = 200
/** A kept generation would be more than 300 kB; what is left is noise of the database driver and the collector. */
const BYTES_PER_CYCLE_MAX = 1_024
/** Without a compiler, whose machine code comes and goes as it likes. */
const FLAGS = ['--expose-gc', '--no-opt', '--no-maglev', '--no-sparkplug']
const TIMEOUT_MS = 180_000

const program = fileURLToPath(new URL('heap-cycles.ts', import.meta.url))

describe('memory of a kernel', function () {
  this.timeout(TIMEOUT_MS)

  it(`keeps nothing of ${CYCLES} times enabling and disabling a plugin`, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, program, String(CYCLES)])
    const { bytesPerCycle } = JSON.parse(stdout) as { bytesPerCycle: number }
    assert.ok(bytesPerCycle < BYTES_PER_CYCLE_MAX, stdout)
  })
})
