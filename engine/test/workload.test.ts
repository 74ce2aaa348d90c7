import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { checkWorkload, playPass } from '../bench/player.ts'
import { generateWorkload, parseWorkload, type WorkloadName } from '../bench/workload.ts'

const COMMANDS = 20_000

/** Of the first 20,000 commands: what the file's bytes are, and what `bench/reference.cpp` says they lead to. */
const known: Readonly<Record<WorkloadName, { md5: string; checksums: readonly number[] }>> = {
  w1: { md5: 'd0e570ff4d4181dc741ab6f1d4633ca8', checksums: [1126, 1410449834, 982558370, 600114230] },
  w2: { md5: '07fc6546559ca8f91d588ae5bc550ee9', checksums: [2081, 1379962464, 3049436693, 1608285952] },
  w3: { md5: 'd5ad9344e427fec4e7382416d92b1497', checksums: [2236, 3905402607, 2588887792, 166342414] },
}

describe('workload', () => {
  for (const name of ['w1', 'w2', 'w3'] as const) {
    it(`${name} is the same bytes everywhere`, () => {
      const md5 = createHash('md5').update(generateWorkload(name, COMMANDS)).digest('hex')
      assert.equal(md5, known[name].md5)
    })
  }

  // w2 needs two million balances before its first command, and says nothing here that the bench does not.
  for (const name of ['w1', 'w3'] as const) {
    it(`${name} leads this engine to the trades, book and balances of the reference`, () => {
      const script = checkWorkload(parseWorkload(generateWorkload(name, COMMANDS)))
      const { trades, tradeChecksum, bookHash, balanceHash } = script.checksums
      assert.deepEqual([trades, tradeChecksum, bookHash, balanceHash], known[name].checksums)
      assert.equal(script.refusals, 0)
      assert.equal(playPass(script).balanceHash, balanceHash)
    })
  }
})
