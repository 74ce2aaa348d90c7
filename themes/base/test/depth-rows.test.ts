import assert from 'node:assert/strict'
import { depthRows } from '../app/composables/depth-rows.ts'

describe('depth rows', () => {
  const asks = [
    ['101', '1'],
    ['102', '3'],
  ] as const
  const bids = [
    ['100', '2'],
    ['99', '6'],
  ] as const

  it('add up from the best price outwards', () => {
    const rows = depthRows(asks, bids, 10)
    assert.deepEqual(
      rows.bids.map((row) => row.cumulative),
      ['2', '8'],
    )
  })

  it('are drawn on one scale, the deeper side reaching the end', () => {
    const rows = depthRows(asks, bids, 10)
    assert.deepEqual(
      rows.asks.map((row) => row.depth),
      [0.125, 0.5],
    )
    assert.equal(rows.bids.at(-1)?.depth, 1)
  })

  it('leave out what is beyond the limit, from the scale too', () => {
    const rows = depthRows(asks, bids, 1)
    assert.equal(rows.bids.length, 1)
    assert.equal(rows.bids[0]?.depth, 1)
  })

  it('draw one side when the other is empty, and nothing from an empty book', () => {
    assert.equal(depthRows(asks, [], 5).asks.at(-1)?.depth, 1)
    assert.deepEqual(depthRows([], [], 5), { asks: [], bids: [] })
  })
})
