import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compareDecimals } from '@cambium/kernel/money'
import { areaPath, axisTop, barHeight } from '../app/composables/time-bars.ts'

describe('bars over time', () => {
  it('stand on an axis that ends at a round number above all of them', () => {
    assert.equal(axisTop(['3', '17.2', '9']), '20')
    assert.equal(axisTop(['0.00043']), '0.0005')
    assert.equal(axisTop(['3.0058']), '4')
    assert.equal(axisTop(['1000']), '1000')
    assert.equal(axisTop(['2.1']), '2.5')
    assert.equal(axisTop(['0', '0']), '1')
  })

  it('never rise above the axis, and fill a good part of it', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1_000_000_000 }).map(String), { minLength: 1 })
    fc.assert(
      fc.property(values, (list) => {
        const top = axisTop(list)
        const heights = list.map((value) => barHeight(value, top))
        for (const height of heights) assert.ok(height >= 0 && height <= 100)
        if (list.some((value) => compareDecimals(value, '0') > 0)) assert.ok(Math.max(...heights) >= 40)
      }),
    )
  })

  it('are seen as soon as they are not zero', () => {
    assert.equal(barHeight('0', '100'), 0)
    assert.equal(barHeight('0.001', '100'), 1)
  })

  it('become an area that is closed along the bottom', () => {
    assert.deepEqual(areaPath([0, 50]), {
      line: 'M0.00 100.00L100.00 50.00',
      area: 'M0.00 100.00L100.00 50.00L100 100L0 100Z',
    })
    assert.deepEqual(areaPath([]), { line: '', area: '' })
  })
})
