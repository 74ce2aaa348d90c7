import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Latencies } from '../latencies.ts'

describe('latencies', () => {
  it('answer nothing while nobody called', () => {
    assert.deepEqual(new Latencies().percentiles(0, [0.5, 0.95]), [null, null])
  })

  it('are at most a fifth above the true percentile, and never below it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.5, 0.95, 1),
        (durations, share) => {
          const latencies = new Latencies()
          for (const ms of durations) latencies.add(1_000, ms)
          const sorted = durations.toSorted((left, right) => left - right)
          const truth = sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] as number
          const [answer] = latencies.percentiles(1_000, [share]) as [number]
          assert.ok(answer >= truth && answer <= truth * 1.26 + 0.002, `${answer} for ${truth}`)
        },
      ),
    )
  })

  it('forget what is older than a minute', () => {
    const latencies = new Latencies()
    latencies.add(0, 500)
    latencies.add(59_000, 1)
    assert.ok((latencies.percentiles(59_000, [1])[0] ?? 0) > 400)
    assert.ok((latencies.percentiles(61_000, [1])[0] ?? 0) < 2)
    assert.deepEqual(latencies.percentiles(200_000, [1]), [null])
  })
})
