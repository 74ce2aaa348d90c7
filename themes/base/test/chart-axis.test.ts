import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  areaPath,
  barOf,
  chartAxis,
  heightOf,
  linePath,
  namedPoints,
  spreadLabels,
} from '../app/composables/chart-axis.ts'

const ends = (values: readonly (string | null)[], isFromZero = false): string[] => {
  const { ticks } = chartAxis(values, { isFromZero })
  return [ticks[0]?.text ?? '', ticks.at(-1)?.text ?? '']
}

describe('axis of a chart', () => {
  it('ends at round numbers that no value leaves', () => {
    assert.deepEqual(ends(['3', '17.2', '9'], true), ['0', '20'])
    assert.deepEqual(ends(['0.00043'], true), ['0.0000', '0.0006'])
    assert.deepEqual(ends(['61230', '61911']), ['61000', '62000'])
    assert.deepEqual(ends(['-12', '30'], true), ['-20', '40'])
    const any = fc.array(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((value) => value.toFixed(6)),
      {
        minLength: 1,
      },
    )
    fc.assert(
      fc.property(any, fc.boolean(), (values, isFromZero) => {
        const axis = chartAxis(values, { isFromZero })
        for (const value of values) {
          const height = heightOf(value, axis)
          assert.ok(height >= -0.001 && height <= 100.001, `${value} at ${height}`)
        }
        assert.ok(axis.ticks.length <= 6, `${axis.ticks.length} ticks`)
      }),
    )
  })

  it('has room around a flat line, and stands on zero where there is nothing', () => {
    assert.ok(heightOf('5', chartAxis(['5', '5'])) > 20)
    assert.deepEqual(ends([]), ['0.0', '1.0'])
    assert.deepEqual(ends(['0', '0'], true), ['0.0', '1.0'])
  })
})

describe('bars of a chart', () => {
  it('stand on zero, go down from it below, and are seen as soon as they are not zero', () => {
    const axis = chartAxis(['-100', '100'], { isFromZero: true })
    assert.deepEqual(barOf('0', axis).height, 0)
    const [above, below] = [barOf('100', axis), barOf('-100', axis)]
    assert.ok(Math.abs(above.bottom - (below.bottom + below.height)) < 0.01)
    assert.equal(barOf('0.001', axis).height, 1)
  })
})

describe('lines of a chart', () => {
  it('are interrupted where nothing is known, and so is the area under them', () => {
    assert.equal(linePath([0, 50, null, 100]), 'M0.00 100.00L33.33 50.00M100.00 0.00')
    assert.equal(areaPath([0, 50]), 'M0.00 100.00L100.00 50.00L100.00 100L0.00 100Z')
    assert.equal(areaPath([null, 50, 50, null]).split('Z').length - 1, 1)
    assert.equal(areaPath([]), '')
  })

  it('have labels that do not lie on each other and stay in the field', () => {
    const tops = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(tops, (list) => {
        const sorted = [...spreadLabels(list, 15)].toSorted((left, right) => left - right)
        for (const [index, top] of sorted.entries()) {
          assert.ok(top >= 0 && top <= 100)
          if (index > 0) assert.ok(top - (sorted[index - 1] ?? 0) >= 14.999)
        }
      }),
    )
  })

  it('name their first and last point, and a few between', () => {
    assert.deepEqual(namedPoints(0, 5), [])
    assert.deepEqual(namedPoints(1, 5), [0])
    assert.deepEqual(namedPoints(3, 5), [0, 1, 2])
    assert.deepEqual(namedPoints(31, 5), [0, 8, 15, 23, 30])
  })
})
