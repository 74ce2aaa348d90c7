import assert from 'node:assert/strict'
import {
  arrangeCards,
  cardStep,
  hideCard,
  keptArrangement,
  placeCard,
  readArrangement,
} from '../app/composables/card-arrangement.ts'

const cards = [
  { id: 'own:balances', column: 0 },
  { id: 'spot:markets', column: 1 },
  { id: 'own:activity', column: 2 },
]
const standard = arrangeCards(null, cards)

describe('arrangement of cards', () => {
  it('is the standard one until somebody moves a card', () => {
    assert.deepEqual(standard, {
      columns: [['own:balances'], ['spot:markets'], ['own:activity']],
      hidden: [],
    })
    for (const value of [null, 'x', { columns: [[]], hidden: [] }, { columns: [[], [1], []], hidden: [] }])
      assert.equal(readArrangement(value), null)
    assert.deepEqual(readArrangement(JSON.parse(JSON.stringify(standard))), standard)
  })

  it('has every card once, wherever it was put', () => {
    const moved = placeCard(standard, 'own:activity', { column: 0, index: 0 })
    assert.deepEqual(moved.columns, [['own:activity', 'own:balances'], ['spot:markets'], []])
    const hidden = hideCard(moved, 'own:activity')
    assert.deepEqual(hidden, { columns: [['own:balances'], ['spot:markets'], []], hidden: ['own:activity'] })
    assert.deepEqual(placeCard(hidden, 'own:activity', { column: 2, index: 0 }), standard)
  })

  it('puts a new card last, and keeps the place of one that is away', () => {
    const kept = { columns: [['spot:markets', 'own:balances'], [], ['own:activity']], hidden: [] }
    const shown = arrangeCards(kept, [
      ...cards.filter(({ id }) => id !== 'spot:markets'),
      { id: 'p2p:offers', column: 2 },
    ])
    assert.deepEqual(shown.columns, [['own:balances'], [], ['own:activity', 'p2p:offers']])
    assert.deepEqual(keptArrangement(shown, kept).columns, [
      ['own:balances', 'spot:markets'],
      [],
      ['own:activity', 'p2p:offers'],
    ])
  })

  it('goes on in the next column where one ends', () => {
    assert.equal(cardStep(standard, 'own:balances', 'up'), null)
    assert.deepEqual(cardStep(standard, 'own:balances', 'down'), { column: 1, index: 0 })
    assert.deepEqual(cardStep(standard, 'own:activity', 'up'), { column: 1, index: 1 })
    assert.deepEqual(cardStep(standard, 'own:activity', 'before'), { column: 1, index: 0 })
    assert.equal(cardStep(standard, 'own:activity', 'after'), null)
  })
})
