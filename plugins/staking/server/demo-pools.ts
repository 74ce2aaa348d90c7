import type { ParamsOf } from '@cambium/kernel/contract'
import { amount, parseAmount } from '@cambium/kernel/money'
import type { createPool as createPoolRoute } from '../routes/pools.ts'
import { DAY_MS } from '../routes/reward-rules.ts'
import { accrueDays } from './accrual-run.ts'
import { demoAccount } from './accounts.ts'
import type { StakingParts } from './parts.ts'
import { createPool } from './pools.service.ts'
import { findPool, updatePoolRow } from './pools.model.ts'
import { topUp } from './reward-funds.ts'
import { stake } from './subscription.ts'

interface DemoStake {
  readonly email: string
  readonly amount: string
  readonly daysAgo: number
  readonly isAutoCompound?: boolean
  readonly isAutoRenew?: boolean
}

interface DemoPool {
  readonly pool: ParamsOf<typeof createPoolRoute>
  readonly fund: string
  readonly stakes: readonly DemoStake[]
}

const trader = 'trader@cambium.demo'
const otherTrader = 'trader2@cambium.demo'
const openedDaysAgo = 30
const note = 'Demonstration: paid from the demo’s own account.'

/** Terms as the market has them in 2026: stablecoins a few percent, locked ether what its network pays. */
export const demoPools: readonly DemoPool[] = [
  {
    pool: {
      poolId: 'usdt-flexible',
      name: 'USDT Flexible',
      assetId: 'USDT',
      kind: 'flexible',
      termDays: null,
      stakeMin: '10',
      userCap: '50000',
      poolCap: '2000000',
      levelMin: 0,
      unbondingDays: 0,
      rewardSource: 'house',
      rewardNote: note,
      tiers: [
        { from: '0', aprPpm: 62_000 },
        { from: '5000', aprPpm: 34_000 },
      ],
      sortOrder: 10,
    },
    fund: '1200',
    stakes: [
      { email: trader, amount: '6000', daysAgo: 24 },
      { email: otherTrader, amount: '18000', daysAgo: 17, isAutoCompound: true },
    ],
  },
  {
    pool: {
      poolId: 'eth-60',
      name: 'ETH 60 days',
      assetId: 'ETH',
      kind: 'locked',
      termDays: 60,
      stakeMin: '0.01',
      userCap: '32',
      poolCap: '5000',
      levelMin: 0,
      unbondingDays: 0,
      rewardSource: 'network',
      rewardNote: note,
      tiers: [{ from: '0', aprPpm: 41_000 }],
      sortOrder: 20,
    },
    fund: '0.6',
    stakes: [
      { email: trader, amount: '2.5', daysAgo: 19, isAutoCompound: true, isAutoRenew: true },
      { email: otherTrader, amount: '4', daysAgo: 9 },
    ],
  },
  {
    pool: {
      poolId: 'btc-flexible',
      name: 'BTC Flexible',
      assetId: 'BTC',
      kind: 'flexible',
      termDays: null,
      stakeMin: '0.001',
      userCap: null,
      poolCap: '60',
      levelMin: 0,
      unbondingDays: 3,
      rewardSource: 'fees',
      rewardNote: note,
      tiers: [{ from: '0', aprPpm: 11_000 }],
      sortOrder: 30,
    },
    fund: '0.02',
    stakes: [{ email: otherTrader, amount: '0.25', daysAgo: 12 }],
  },
]

async function openDemoPool(parts: StakingParts, { pool, fund }: DemoPool, nowMs: number): Promise<void> {
  const { desk } = parts
  const { poolId: id, assetId } = pool
  await createPool(parts, pool, nowMs - openedDaysAgo * DAY_MS)
  await desk.inPool(id, async (work) => {
    await updatePoolRow(work.trx, { ...work.pool, state: 'open' })
    const units = parseAmount(fund, await desk.scaleOf(assetId))
    const entryKey = `staking.demo:${id}`
    const actor = 'demo'
    await topUp(work, { amount: units, reason: 'Demo funding', actor, outside: demoAccount, entryKey })
  })
}

/** A stake of some days ago, with what the funding wallet of its owner still has: a demonstration is used. */
async function backdate(parts: StakingParts, { pool, stakes }: DemoPool, nowMs: number): Promise<void> {
  const { kernel, desk } = parts
  const scale = await desk.scaleOf(pool.assetId)
  for (const { email, amount: text, daysAgo, isAutoCompound = false, isAutoRenew = false } of stakes) {
    const user = await kernel.users.findByEmail(email)
    if (!user) continue
    const balances = await kernel.ledger.balances([`user:${user.id}/funding`])
    const available = balances.find(({ assetId }) => assetId === pool.assetId)?.available ?? 0n
    const wished = parseAmount(text, scale)
    if (available < wished) continue
    await desk.inPool(pool.poolId, (work) =>
      stake(
        { ...work, nowMs: nowMs - daysAgo * DAY_MS },
        {
          userId: user.id,
          amount: amount(wished),
          isAutoCompound,
          isAutoRenew,
          entryKey: `staking.demo:${pool.poolId}:${user.id}`,
        },
      ),
    )
  }
}

/**
 * Gives a demonstration pools with funds and stakes that have run for some days; their rewards come out of the ordinary
 * catching up. Pools that are there already are left as they are.
 */
export async function seedDemoPools(parts: StakingParts): Promise<void> {
  const { kernel } = parts
  const assets = await kernel.ledger.assets()
  const nowMs = kernel.clock.now().getTime()
  let isFresh = false
  for (const demo of demoPools) {
    if (!assets.has(demo.pool.assetId) || (await findPool(kernel.database, demo.pool.poolId))) continue
    await openDemoPool(parts, demo, nowMs)
    await backdate(parts, demo, nowMs)
    isFresh = true
  }
  if (!isFresh) return
  const log = (text: string): void => kernel.log.info(text)
  await accrueDays({ ...parts, signal: kernel.signal, log })
}
