import assert from 'node:assert/strict'
import type { Asset } from '@cambium/kernel'
import { spotRefusals } from '../routes/refusals.ts'
import { refuseInexactSteps } from '../server/market-steps.ts'

const bitcoin: Asset = { id: 'BTC', name: 'Bitcoin', scale: 8, tradingScale: 8 }
const tether: Asset = { id: 'USDT', name: 'Tether', scale: 8, tradingScale: 7 }

function refusalOf(tickSize: string, lotSize: string): string | null {
  try {
    refuseInexactSteps({ tickSize, lotSize }, bitcoin, tether)
    return null
  } catch (error) {
    return (error as { type: string }).type
  }
}

describe('tick and lot size', () => {
  it('are taken when their product is whole trading units of the quote asset', () => {
    assert.equal(refusalOf('0.01', '0.00001'), null)
    assert.equal(refusalOf('0.0000001', '1'), null)
  })

  it('are refused when a trade of one lot at one tick would need a fraction of a unit', () => {
    assert.equal(refusalOf('0.01', '0.000001'), spotRefusals.step_too_fine.code)
  })

  it('are refused when a lot is finer than the base asset trades', () => {
    assert.equal(refusalOf('10', '0.000000001'), spotRefusals.lot_too_fine.code)
  })

  it('are refused when one of them is zero', () => {
    assert.equal(refusalOf('0', '1'), spotRefusals.step_must_be_positive.code)
    assert.equal(refusalOf('1', '0.0'), spotRefusals.step_must_be_positive.code)
  })
})
