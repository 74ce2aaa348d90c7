import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { KillLoop } from './kill-loop.ts'

describe('engine process under kill -9', function () {
  this.timeout(240_000)

  it('has every answered command once, and takes the others again, however often it is killed', async () => {
    const seed = randomInt(2 ** 30)
    // Two at once: each of them waits most of the time.
    const reports = await Promise.all(
      [seed, seed + 1].map((each) => new KillLoop(each).run({ kills: 150, seconds: 35 })),
    )
    for (const { kills, commands, seed: each } of reports) {
      assert.ok(kills > 5 && commands > kills, `seed ${each}: ${kills} kills, ${commands} commands`)
    }
  })
})
