import assert from 'node:assert/strict'
import { funded, play } from './play.ts'
import { twins } from './twins.ts'

for (const create of twins) {
  describe(`iceberg (${create().name})`, () => {
    it('shows one part at a time and holds for all of it', () => {
      play(
        create(),
        `${funded}
        2 sells S1 10@100 shows 3
        book sell S1 3/10@100
        2 has 990 BTC held 10
        1 buys B1 2@100
          fill S1 2@100
        book sell S1 1/8@100`,
      )
    })

    it('shows its next part behind the others of its price', () => {
      play(
        create(),
        `${funded}
        2 sells S1 5@100 shows 2
        2 sells S2 1@100
        1 buys B1 2@100
          fill S1 2@100
        book sell S2 1@100, S1 2/3@100
        1 buys B2 2@100
          fill S2 1@100
          fill S1 1@100
        book sell S1 1/2@100`,
      )
    })

    it('is met part by part by a taker that wants more than is shown', () => {
      play(
        create(),
        `${funded}
        2 sells S1 5@100 shows 2
        2 sells S2 3@100 shows 1
        2 sells S3 1@100
        1 buys B1 8@100
          fill S1 2@100
          fill S2 1@100
          fill S3 1@100
          fill S1 2@100
          fill S2 1@100
          fill S1 1@100
        book sell S2 1/1@100`,
      )
    })

    it('trades wholly when it takes, and shows a part of what rests', () => {
      play(
        create(),
        `${funded}
        2 sells S1 4@100
        1 buys B1 10@100 shows 2
          fill S1 4@100
        book buy B1 2/6@100`,
      )
    })

    it('counts wholly for an order that must be filled at once', () => {
      play(
        create(),
        `${funded}
        2 sells S1 5@100 shows 1
        1 buys B1 5.01@100 FOK
          expired B1 5.01 fill_or_kill
        1 buys B2 2@100 FOK
          fill S1 1@100
          fill S1 1@100`,
      )
    })

    it('is refused as an order that acts at once, with parts too many, off the lot or beyond the whole', () => {
      play(
        create(),
        `${funded}
        2 sells S1 5@100 shows 1 IOC
          rejected iceberg_must_be_gtc
        2 sells S2 5@100 shows 1 FOK
          rejected iceberg_must_be_gtc
        2 sells S3 5@100 shows 0.001
          rejected display_off_lot
        2 sells S4 5@100 shows 0
          rejected display_out_of_range
        2 sells S5 5@100 shows 5.01
          rejected display_out_of_range
        2 sells S6 5@100 shows 1.24
          rejected iceberg_parts_above_max
        2 sells S7 5@100 shows 1.25
        2 sells S8 5@100 shows 5
        book sell S7 1.25/5@100, S8 5/5@100`,
        { icebergPartsMax: 4 },
      )
    })

    it('says in its acceptance what it shows', () => {
      const outcomes = play(create(), `${funded}\n2 sells S1 5@100 shows 2`)
      const [accepted] = outcomes.at(-1)!.events
      assert.equal(accepted?.event === 'accepted' && accepted.displayQuantity, '2')
    })
  })
}
