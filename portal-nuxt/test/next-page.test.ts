import assert from 'node:assert/strict'
import { nextPage } from '../app/composables/next-page.ts'

describe('page after the log-in', () => {
  it('is the one the visitor came from', () => {
    assert.equal(nextPage('/trade/BTC-USDT?side=buy'), '/trade/BTC-USDT?side=buy')
  })

  it('is never on another site', () => {
    for (const foreign of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
    ]) {
      assert.equal(nextPage(foreign), '/dashboard', foreign)
    }
  })

  it('is the own home without a word', () => {
    assert.equal(nextPage(undefined), '/dashboard')
    assert.equal(nextPage(['/a', '/b']), '/dashboard')
  })
})
