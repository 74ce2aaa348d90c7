import assert from 'node:assert/strict'
import { updatedBook } from '../portal/live-book.ts'
import { placedSummary } from '../portal/placed-summary.ts'

const book = {
  seq: 10,
  bids: [
    ['100', '1'],
    ['99', '2'],
  ],
  asks: [['101', '1']],
} as const

describe('live book', () => {
  it('puts changed levels in their place and takes empty ones out', () => {
    const after = updatedBook(book, {
      fromSeq: 10,
      seq: 12,
      bids: [
        ['99.5', '3'],
        ['100', '0'],
      ],
      asks: [['100.5', '1']],
    })
    assert.deepEqual(after, {
      seq: 12,
      bids: [
        ['99.5', '3'],
        ['99', '2'],
      ],
      asks: [
        ['100.5', '1'],
        ['101', '1'],
      ],
    })
  })

  it('passes over what the snapshot already had', () => {
    assert.equal(updatedBook(book, { fromSeq: 8, seq: 10, bids: [], asks: [] }), book)
  })

  it('takes an update that begins inside the snapshot', () => {
    const after = updatedBook(book, { fromSeq: 9, seq: 11, bids: [['99', '0']], asks: [] })
    assert.deepEqual(after?.bids, [['100', '1']])
  })

  it('asks for a new snapshot when one update was missed', () => {
    assert.equal(updatedBook(book, { fromSeq: 11, seq: 12, bids: [], asks: [] }), null)
  })
})

describe('summary of a placed order', () => {
  const placed = {
    orderId: '1',
    clientOrderId: 'a',
    status: 'partiallyFilled',
    filledQuantity: '2',
    leavesQuantity: '1',
    fills: [
      { tradeId: '1', price: '100', quantity: '1', fee: '0', feeAssetId: 'BTC', role: 'taker' },
      { tradeId: '2', price: '102', quantity: '1', fee: '0', feeAssetId: 'BTC', role: 'taker' },
    ],
    seq: 1,
    time: '2024-08-08T00:00:00.000Z',
  } as const

  it('gives the average price of its fills', () => {
    assert.equal(placedSummary({ ...placed, fills: [...placed.fills] }).averagePrice, '101')
  })

  for (const [status, filledQuantity, outcome] of [
    ['filled', '3', 'filled'],
    ['partiallyFilled', '2', 'partlyFilledAndOpen'],
    ['open', '0', 'open'],
    ['expired', '2', 'partlyFilled'],
    ['expired', '0', 'notFilled'],
  ] as const) {
    it(`calls ${status} with ${filledQuantity} filled ${outcome}`, () => {
      assert.equal(placedSummary({ ...placed, fills: [], status, filledQuantity }).outcome, outcome)
    })
  }
})
