import assert from 'node:assert/strict'
import { CrashRounds } from './crash-rounds.ts'

const SEED = 129
const ROUNDS = 4

describe('primary and standby under crashes', function () {
  this.timeout(180_000)
  let crashes: CrashRounds

  beforeEach(() => {
    crashes = new CrashRounds(SEED, ROUNDS)
  })

  afterEach(() => crashes.dispose())

  it('have every answer once and one state, whoever is killed, torn or promoted', async () => {
    await crashes.begin()
    const rounds = []
    for (let round = 1; round <= ROUNDS; round++) rounds.push(await crashes.play(round))
    const what = rounds.map((round) => round.what).join('; ')
    assert.match(what, /promoted/, what)
    assert.match(what, /torn/, what)
    const answered = rounds.reduce((sum, { commands }) => sum + commands, 0)
    assert.ok((await crashes.end()) > answered, 'all rounds and what came before them')
  })
})
