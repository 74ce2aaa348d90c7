import assert from 'node:assert/strict'
import { runJob } from '@cambium/kernel/jobs/routes'
import { disablePlugin, reloadPlugin } from '@cambium/kernel/plugins/routes'
import { createTestKernel, type TestKernel, type TestUser } from '@cambium/kernel/testing'
import type { ParamsOf } from '@cambium/kernel/contract'
import { topUpPool } from '../routes/fundings.ts'
import { changePoolState, createPool } from '../routes/pools.ts'
import { openPosition, redeemPosition, type Position } from '../routes/positions.ts'
import { DAY_MS } from '../routes/reward-rules.ts'

/** Somebody who calls: given to `call` as it is. */
export interface Staker {
  readonly as: TestUser
}

type PoolTerms = Partial<ParamsOf<typeof createPool>>

/** A kernel with Staking enabled in it, its clock at noon of a day. */
export interface StakingPlace {
  readonly kernel: TestKernel
  readonly call: TestKernel['call']
  staker(funding?: Readonly<Record<string, string>>): Promise<Staker>
  /** An open pool; USDT, flexible and at 36.5 percent unless said, so that 1,000 earn one a day. */
  openPool(poolId: string, terms?: PoolTerms, fund?: string): Promise<void>
  stake(
    who: Staker,
    poolId: string,
    amount: string,
    wish?: Partial<ParamsOf<typeof openPosition>>,
  ): Promise<Position>
  redeem(who: Staker, positionId: string, amount?: string): ReturnType<StakingPlace['redeemed']>
  redeemed(
    who: Staker,
    params: ParamsOf<typeof redeemPosition>,
  ): Promise<{
    position: Position
    redemption: { payout: string; penalty: string; paidAt: string | null }
  }>
  /** Lets whole days pass and the daily and the maturity job do their work. */
  days(count: number): Promise<void>
  runJobs(): Promise<void>
  funding(who: Staker, assetId?: string): Promise<bigint>
  balance(account: string, assetId?: string): Promise<bigint>
  disable(): Promise<void>
  reload(): Promise<void>
  /** Asserts that nothing was created or destroyed. */
  assertBalanced(): Promise<void>
}

const NOON_MS = DAY_MS / 2

/** The code of the refusal that `work` ends with: the client's problem, or the kernel's own error. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => assert.fail('it was not refused'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof Error)) throw error
  if ('type' in error && typeof error.type === 'string') return error.type
  if ('code' in error && typeof error.code === 'string') return error.code
  throw error
}

const terms: ParamsOf<typeof createPool> = {
  poolId: 'usdt',
  name: 'USDT',
  assetId: 'USDT',
  kind: 'flexible',
  termDays: null,
  stakeMin: '1',
  userCap: null,
  poolCap: null,
  levelMin: 0,
  unbondingDays: 0,
  rewardSource: 'house',
  rewardNote: '',
  tiers: [{ from: '0', aprPpm: 365_000 }],
  sortOrder: 10,
}

export async function openStakingPlace(): Promise<StakingPlace> {
  const kernel = await createTestKernel({ plugins: ['staking'] })
  const { clock, call } = kernel
  // Noon: neither a slow machine nor a fast one steps over midnight by itself.
  const sinceMidnight = clock.now().getTime() % DAY_MS
  await clock.advance(DAY_MS - sinceMidnight + NOON_MS)

  const change = async (route: typeof disablePlugin | typeof reloadPlugin): Promise<void> => {
    const operation = await call(route, { pluginId: 'staking' })
    assert.equal(operation.state, 'done', operation.reason ?? undefined)
  }
  const balance = async (account: string, assetId = 'USDT'): Promise<bigint> => {
    const balances = await kernel.parts.ledger.balances([account])
    return balances.find((one) => one.assetId === assetId)?.available ?? 0n
  }
  const runJobs = async (): Promise<void> => {
    for (const name of ['staking.accrual', 'staking.maturity']) {
      await call(runJob, { name })
      await kernel.settled()
    }
  }
  const redeemed: StakingPlace['redeemed'] = (who, params) => call(redeemPosition, params, who)

  return {
    kernel,
    call,
    staker: async (funding = { USDT: '100000' }) => ({ as: await kernel.createUser({ funding }) }),
    async openPool(poolId, change = {}, fund = '1000000') {
      await call(createPool, { ...terms, poolId, ...change })
      if (fund !== '0') await call(topUpPool, { poolId, amount: fund, reason: 'Funded by a test' })
      await call(changePoolState, { poolId, state: 'open' })
    },
    stake: (who, poolId, amount, wish = {}) =>
      call(openPosition, { poolId, amount, isAutoCompound: false, isAutoRenew: false, ...wish }, who),
    redeem: (who, positionId, amount) =>
      redeemed(who, { positionId, ...(amount === undefined ? {} : { amount }) }),
    redeemed,
    async days(count) {
      for (let day = 0; day < count; day += 1) {
        await clock.advance(DAY_MS)
        await runJobs()
      }
    },
    runJobs,
    funding: (who, assetId) => balance(`user:${who.as.id}/funding`, assetId),
    balance,
    disable: () => change(disablePlugin),
    reload: () => change(reloadPlugin),
    async assertBalanced() {
      const { balanced, breaks } = await kernel.parts.ledger.check()
      assert.ok(balanced, JSON.stringify(breaks))
    },
  }
}
