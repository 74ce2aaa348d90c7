import type { Knex } from 'knex'
import { transaction } from '../database/index.ts'
import type { ExchangeModule, Wallet } from '../exchange/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Asset, Ledger } from '../ledger/index.ts'
import type { Legal } from '../legal/index.ts'

/** Printed when the platform starts; anybody may use it, so a demo holds nothing of value. */
export interface DemoLogin {
  readonly role: 'admin' | 'user'
  readonly email: string
  readonly password: string
}

const demoAssets: readonly Asset[] = [
  { id: 'BTC', name: 'Bitcoin', scale: 8, tradingScale: 8 },
  { id: 'ETH', name: 'Ether', scale: 18, tradingScale: 8 },
  { id: 'USDT', name: 'Tether USD', scale: 8, tradingScale: 7 },
]

const password = 'demo-password'

export const demoLogins: readonly DemoLogin[] = [
  { role: 'admin', email: 'admin@cambium.demo', password },
  { role: 'user', email: 'trader@cambium.demo', password },
  { role: 'user', email: 'trader2@cambium.demo', password },
]

const demoBalances: readonly { wallet: Wallet; assetId: string; amount: string }[] = [
  { wallet: 'spot', assetId: 'USDT', amount: '100000' },
  { wallet: 'spot', assetId: 'BTC', amount: '2' },
  { wallet: 'spot', assetId: 'ETH', amount: '25' },
  { wallet: 'funding', assetId: 'USDT', amount: '50000' },
  { wallet: 'funding', assetId: 'BTC', amount: '0.5' },
  { wallet: 'funding', assetId: 'ETH', amount: '10' },
]

export interface DemoParts {
  readonly database: Knex
  readonly identity: Pick<Identity, 'findUserByEmail' | 'createUser'>
  readonly ledger: Ledger
  readonly legal: Pick<Legal, 'provideSamples'>
  readonly exchange: Pick<ExchangeModule, 'fund'>
}

async function provideUser({ identity }: DemoParts, login: DemoLogin): Promise<string> {
  const known = await identity.findUserByEmail(login.email)
  if (known) return known.id
  const role = login.role === 'admin' ? { role: 'admin' } : {}
  return (await identity.createUser({ email: login.email, password: login.password, ...role })).id
}

/**
 * Gives an empty platform assets, users and balances to try it with. Everything it pays comes from `external:demo` and
 * says so in the journal. Repeating it changes nothing.
 */
export async function seedDemo(parts: DemoParts): Promise<readonly DemoLogin[]> {
  const { database, ledger, exchange } = parts
  await transaction(database, async (trx) => {
    for (const asset of demoAssets) await ledger.defineAsset(trx, asset)
    await ledger.openAccount(trx, 'external:demo', 'external')
  })
  for (const login of demoLogins) {
    const userId = await provideUser(parts, login)
    if (login.role === 'admin') continue
    for (const { wallet, assetId, amount } of demoBalances) {
      const key = `demo:${userId}:${wallet}:${assetId}`
      const source = 'external:demo'
      await exchange.fund({ userId, assetId, amount, wallet, source, key, reason: 'Demo balance' })
    }
  }
  await parts.legal.provideSamples()
  return demoLogins
}
