import assert from 'node:assert/strict'
import { durationText, relativeTimeText } from '../app/composables/time-text.ts'

describe('duration', () => {
  it('is told in the unit an operator thinks in', () => {
    assert.deepEqual([0.42, 9.96, 38.4, 1_240, 125_000].map(durationText), [
      '0.4 ms',
      '10.0 ms',
      '38 ms',
      '1.24 s',
      '2 min 5 s',
    ])
  })

  it('leaves out what is nought', () => {
    assert.deepEqual([60_000, 3_600_000, 5_400_000, 93_600_000].map(durationText), [
      '1 min',
      '1 h',
      '1 h 30 min',
      '1 d 2 h',
    ])
  })
})

describe('relative time', () => {
  const now = Date.UTC(2026, 7, 1, 12)

  it('is told in the largest whole unit', () => {
    assert.equal(relativeTimeText(now - 3 * 60_000, now), '3 minutes ago')
    assert.equal(relativeTimeText(now - 49 * 3_600_000, now), '2 days ago')
    assert.equal(relativeTimeText(now + 90_000_000, now), 'tomorrow')
  })

  it('is now within five seconds, so that a fresh row does not tick', () => {
    assert.equal(relativeTimeText(now - 4_000, now), 'now')
  })
})
