import assert from 'node:assert/strict'
import { ProblemError } from '@cambium/kernel/contract'
import fc from 'fast-check'
import { addDecimals } from '@cambium/kernel/money'
import { listBalances } from '../routes/balances.ts'
import { cancelAllOrders, placeOrder } from '../routes/orders.ts'
import { openBitcoinMarket, openSpotPlace, order, type SpotPlace, type Trader } from './spot-place.ts'

const funds = { USDT: '500000', BTC: '5' }

describe('money in spot', function () {
  this.timeout(60_000)
  let place: SpotPlace
  let ada: Trader
  let ben: Trader
  let cleo: Trader

  before(async () => {
    place = await openSpotPlace()
    await openBitcoinMarket(place)
    ada = await place.trader(funds)
    ben = await place.trader(funds)
    cleo = await place.trader(funds)
  })
  after(() => place.kernel.stop())

  async function totalOf(assetId: string): Promise<string> {
    let total = '0'
    for (const trader of [ada, ben, cleo]) {
      const { items } = await place.call(listBalances, {}, trader)
      const balance = items.find((one) => one.assetId === assetId)
      if (balance) total = addDecimals(addDecimals(total, balance.available), balance.held)
    }
    return total
  }

  /** What the ledger says the house has earned. */
  async function feesOf(assetId: string): Promise<string> {
    await place.assertBalanced()
    const [fees] = (await place.kernel.parts.ledger.balances(['fees:spot'])).filter(
      (one) => one.assetId === assetId,
    )
    return fees ? String(fees.available) : '0'
  }

  it('goes from one to the other in a trade, less the fees, which the house has', async () => {
    await place.call(placeOrder, order('sell 0.5 @ 60000'), ben)
    await place.call(placeOrder, order('buy 0.5 @ 60000'), ada)
    assert.equal(await totalOf('BTC'), '14.9995')
    assert.equal(await totalOf('USDT'), '1499970')
    assert.equal(await feesOf('BTC'), '50000')
    assert.equal(await feesOf('USDT'), '3000000000')
  })

  it('comes free again, to the last unit, when orders are canceled', async () => {
    const before = [await totalOf('BTC'), await totalOf('USDT')]
    await place.call(placeOrder, order('buy 0.12345 @ 33333.33'), cleo)
    await place.call(placeOrder, order('sell 1.23456 @ 99999.99'), cleo)
    await place.call(cancelAllOrders, {}, cleo)
    const { items } = await place.call(listBalances, {}, cleo)
    for (const { held } of items) assert.equal(held, '0')
    assert.deepEqual([await totalOf('BTC'), await totalOf('USDT')], before)
  })

  it('is neither made nor lost, whatever orders come', async () => {
    const wish = fc.record({
      trader: fc.constantFrom(ada, ben, cleo),
      side: fc.constantFrom('buy', 'sell'),
      lots: fc.integer({ min: 10, max: 20_000 }),
      cents: fc.integer({ min: 5_990_000, max: 6_010_000 }),
      timeInForce: fc.constantFrom('GTC', 'IOC', 'FOK'),
    } as const)
    await fc.assert(
      fc.asyncProperty(fc.array(wish, { minLength: 5, maxLength: 30 }), async (wishes) => {
        for (const { trader, side, lots, cents, timeInForce } of wishes) {
          const quantity = (BigInt(lots) * 1n)
            .toString()
            .padStart(6, '0')
            .replace(/(\d{5})$/, '.$1')
            .replace(/\.?0+$/, '')
          const price = cents
            .toString()
            .replace(/(\d{2})$/, '.$1')
            .replace(/\.?0+$/, '')
          const request = { marketId: 'BTC-USDT', side, type: 'limit', quantity, price, timeInForce } as const
          // A refusal, for want of funds, is an outcome like any other.
          await place
            .call(placeOrder, request, trader)
            .catch((error: unknown) => assert.ok(error instanceof ProblemError, String(error)))
        }
        await place.assertBalanced()
      }),
      { numRuns: 4 },
    )
  })
})
