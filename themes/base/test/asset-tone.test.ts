import assert from 'node:assert/strict'
import { assetTone, assetTones } from '../app/composables/asset-tone.ts'

describe('colours of assets', () => {
  it('are of the palette, and those of an asset stay the same', () => {
    for (const assetId of ['BTC', 'DOGE', 'X', '1INCH', 'A-VERY-LONG-ASSET', '']) {
      const tone = assetTone(assetId)
      assert.ok(Number.isInteger(tone) && tone >= 1 && tone <= 5, `${assetId} has ${tone}`)
      assert.equal(assetTone(assetId), tone)
    }
  })

  it('differ between neighbours as long as the palette has another one', () => {
    assert.equal(assetTone('USD'), assetTone('USDT'))
    const tones = assetTones(['USDT', 'USD', 'BTC', 'ETH', 'EUR'])
    assert.equal(new Set(tones).size, 5)
    assert.equal(tones[0], assetTone('USDT'))
    assert.equal(assetTones(['USDT', 'USD', 'BTC', 'ETH', 'EUR', 'USDC']).at(-1), assetTone('USDC'))
  })
})
