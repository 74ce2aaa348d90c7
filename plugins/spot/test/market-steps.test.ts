import assert from 'node:assert/strict'
import { stepFault } from '../routes/market-steps.ts'

const bitcoin = { id: 'BTC', tradingScale: 8 }
const tether = { id: 'USDT', tradingScale: 7 }

function faultOf(tickSize: string, lotSize: string): string | undefined {
  return stepFault({ tickSize, lotSize }, bitcoin, tether)?.fault
}

describe('tick and lot size', () => {
  it('are right when their product is whole trading units of the quote asset', () => {
    assert.equal(faultOf('0.01', '0.00001'), undefined)
    assert.equal(faultOf('0.0000001', '1'), undefined)
  })

  it('are wrong when a trade of one lot at one tick would need a fraction of a unit', () => {
    assert.equal(faultOf('0.01', '0.000001'), 'productTooFine')
    assert.equal(faultOf('0.00000000000000000001', '0.00000001'), 'productTooFine')
  })

  it('are wrong when a lot is finer than the base asset trades', () => {
    assert.equal(faultOf('10', '0.000000001'), 'lotTooFine')
  })

  it('are wrong when one of them is zero or not there', () => {
    assert.equal(faultOf('0', '1'), 'tickMissing')
    assert.equal(faultOf('1', ''), 'lotMissing')
  })
})
