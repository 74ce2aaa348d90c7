import assert from 'node:assert/strict'
import { openExchangePlace, type ExchangePlace } from '../../exchange/test/exchange-place.ts'
import { demoLogins, seedDemo } from '../index.ts'

describe('demo', () => {
  let place: ExchangePlace
  const users = new Map<
    string,
    { id: string; email: string; roles: string[]; isHouse: boolean; level: number; createdAt: string }
  >()
  const identity = {
    findUserByEmail: (email: string) => Promise.resolve(users.get(email)),
    createUser: ({ email, role = 'user' }: { email: string; password: string; role?: string }) => {
      const user = { id: `user-${users.size}`, email, roles: [role], isHouse: false, level: 0, createdAt: '' }
      users.set(email, user)
      return Promise.resolve(user)
    },
  }
  before(async () => {
    place = await openExchangePlace({ isEmpty: true })
  })
  after(() => place.close())

  it('gives its traders funds in both wallets, once however often it is seeded', async () => {
    for (let round = 0; round < 3; round += 1) {
      assert.equal(
        await seedDemo({ ...place, identity, legal: { provideSamples: () => Promise.resolve() } }),
        demoLogins,
      )
    }
    assert.equal(users.size, 3)
    const trader = users.get('trader@cambium.demo')?.id ?? ''
    const spot = await place.exchange.balances(trader)
    assert.equal(spot.find(({ assetId }) => assetId === 'USDT')?.available, '100000')
    const funding = await place.ledger.balances([`user:${trader}/funding`])
    assert.equal(funding.find(({ assetId }) => assetId === 'ETH')?.available, 10n * 10n ** 18n)
    await place.assertBalanced()
  })

  it('pays everything from the account that is labelled as demo', async () => {
    const external = place.database('ledger_postings').where('source', 'like', 'external:%')
    assert.deepEqual(await external.distinct('source'), [{ source: 'external:demo' }])
  })

  it('leaves the scale of each asset to trading, before any market names it', async () => {
    const market = {
      id: 'BTC-USDT',
      baseAssetId: 'BTC',
      quoteAssetId: 'USDT',
      tickSize: '0.01',
      lotSize: '0.00001',
    }
    const terms = { notionalMin: '0', makerFeePpm: 0, takerFeePpm: 0, state: 'trading' } as const
    await place.exchange.defineMarket({ ...market, ...terms })
    assert.equal((await place.exchange.markets()).length, 1)
  })
})
