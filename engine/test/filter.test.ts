import assert from 'node:assert/strict'
import type { MarketCommand } from '../messages/command.ts'
import { funded, market, play } from './play.ts'
import { twins, type Twin } from './twins.ts'

function refusalOf(twin: Twin, terms: Partial<MarketCommand>): string | undefined {
  const [event] = twin.execute({ ...market, ...terms }).events
  return event?.event === 'rejected' ? event.reason : undefined
}

for (const create of twins) {
  describe(`filter (${create().name})`, () => {
    it('bounds prices, of triggers too', () => {
      play(
        create(),
        `${funded}
        1 buys B1 1@89.99
          rejected price_below_min
        1 buys B2 1@110.01
          rejected price_above_max
        1 buys B3 1@stop 110.01
          rejected price_above_max
        1 buys B4 1@100 stop 89.99
          rejected price_below_min
        1 buys B5 1@90
        2 sells S1 1@110
        book buy B5 1@90`,
        { priceMin: '90', priceMax: '110' },
      )
    })

    it('bounds quantities, with bounds of their own for orders without a price', () => {
      play(
        create(),
        `${funded}
        2 sells S1 0.99@100
          rejected quantity_below_min
        2 sells S2 10.01@100
          rejected quantity_above_max
        2 sells S3 10@100
        1 buys B1 1.99@market
          rejected quantity_below_min
        1 buys B2 5.01@market
          rejected quantity_above_max
        1 buys B3 1.99@stop 120
          rejected quantity_below_min
        1 buys B4 0.99@100 stop 120
          rejected quantity_below_min
        1 buys B5 2@market
          fill S3 2@100`,
        { quantityMin: '1', quantityMax: '10', marketQuantityMin: '2', marketQuantityMax: '5' },
      )
    })

    it('bounds the notional at the price of an order, or at the one it would meet', () => {
      play(
        create(),
        `${funded}
        1 buys B1 0.09@100
          rejected notional_below_min
        1 buys B2 1@100.01
          rejected notional_above_max
        1 buys B3 0.09@market
          expired B3 0.09 no_liquidity
        2 sells S1 5@100 any
        1 buys B4 0.09@market
          rejected notional_below_min
        1 buys B5 1.01@market
          rejected notional_above_max
        1 buys B6 spending 9.99
          rejected notional_below_min
        1 buys B7 1@stop 101
          rejected notional_above_max
        1 buys B8 1@market
          fill S1 1@100
        1 sells S2 0.09@stop trails 500
          rejected notional_below_min
        1 buys B9 0.01@10 any
        book buy B9 0.01@10`,
        { notionalMin: '10', notionalMax: '100' },
      )
    })

    it('keeps buys from far above the last price and sells from far below', () => {
      play(
        create(),
        `${funded}
        1 deposits 10 BTC
        2 deposits 1000 USDT
        2 sells S1 1@100.05
        1 buys B1 1@100.05
          fill S1 1@100.05
        1 buys B2 1@110.06      # ten percent above is 110.055
          rejected price_out_of_band
        1 buys B3 1@110.05
        2 sells S2 1@80.03      # twenty percent below is 80.04
          rejected price_out_of_band
        2 sells S3 1@stop 80.03
          rejected price_out_of_band
        1 buys B4 1@stop 110.06
          rejected price_out_of_band
        1 buys B5 1@1
        2 sells S4 1@500
        2 sells S5 1@80.04
          fill B3 1@110.05`,
        { bandUpPpm: 100_000, bandDownPpm: 200_000 },
      )
    })

    it('has no band before the first trade', () => {
      play(create(), `${funded}\n1 buys B1 1@5000\nbook buy B1 1@5000`, { bandUpPpm: 1, bandDownPpm: 1 })
    })

    it('limits the orders of an account in the market', () => {
      play(
        create(),
        `${funded}
        1 buys B1 1@90
        1 buys B2 1@stop 120
        1 buys B3 1@91
          rejected orders_above_max
        1 buys B4 1@91 IOC
          expired B4 1 immediate_or_cancel
        1 buys B5 1@market
          expired B5 1 no_liquidity
        2 sells S1 1@130
        1 cancels B1
          canceled B1 1
        1 buys B6 1@91
        book buy B6 1@91`,
        { ordersMax: 2 },
      )
    })

    it('limits those that wait and those that are icebergs by themselves', () => {
      play(
        create(),
        `${funded}
        1 buys B1 1@stop 120
        1 buys B2 1@120 stop 121
          rejected trigger_orders_above_max
        1 buys B3 5@90 shows 1
        1 buys B4 5@91 shows 1
          rejected iceberg_orders_above_max
        1 buys B5 5@91
        book buy B5 5@91, B3 1/5@90`,
        { triggerOrdersMax: 1, icebergOrdersMax: 1 },
      )
    })

    it('limits what an account has and would have of the base asset', () => {
      play(
        create(),
        `${funded}
        1 deposits 4 BTC
        1 sells S1 1@200
        1 buys B1 3@90
        1 buys B2 2@stop 120
        1 buys B3 1.01@90
          rejected position_above_max
        1 buys B4 1.01@market
          rejected position_above_max
        1 buys B5 1@90
        1 amends B5 1.01
          rejected position_above_max
        1 cancels B2
          canceled B2 2
        1 amends B5 3
          amended B5 3@90 leaves 3 moved
        2 sells S2 1@300`,
        { positionMax: '10' },
      )
    })

    it('is off at zero, stays when a command leaves it out, and says so', () => {
      const twin = create()
      const named = { priceMin: '90', ordersMax: 5, bandUpPpm: 10 }
      play(twin, '', named)
      twin.execute({ ...market, ordersMax: 0 })
      const [terms] = twin.dump().markets
      assert.deepEqual([terms?.priceMin, terms?.ordersMax, terms?.bandUpPpm], ['90', undefined, 10])
    })

    it('fits the sizes and scales of its market', () => {
      const twin = create()
      assert.equal(refusalOf(twin, { priceMin: '0.001' }), 'price_off_tick')
      assert.equal(refusalOf(twin, { priceMax: '10737418.24' }), 'price_out_of_range')
      assert.equal(refusalOf(twin, { quantityMax: '0.001' }), 'quantity_off_lot')
      assert.equal(refusalOf(twin, { notionalMax: '0.000000001' }), 'amount_off_scale')
      assert.equal(refusalOf(twin, { positionMax: '90071992.54740992' }), 'overflow')
      const modes = ['expireTaker', 'expireMaker'] as const
      const prevention = { selfTradePrevention: 'decrement', selfTradePreventions: modes } as const
      assert.equal(refusalOf(twin, prevention), 'self_trade_prevention_not_allowed')
      assert.equal(refusalOf(twin, {}), undefined)
    })
  })
}
