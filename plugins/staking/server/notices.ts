import type { PluginKernel, PluginServer } from '@cambium/kernel'
import type { EventData } from '@cambium/kernel/contract'
import type * as events from '../routes/events.ts'

/** What a listener is told. */
interface Told<Data> {
  /** The same whenever the event comes again, so it makes the notice's key: nobody is told twice. */
  readonly id: string
  readonly data: Data
}

function positionPath(positionId: string): string {
  return `/earn/positions/${positionId}`
}

/** Turns what happened into notices for those it happened to, and for operators where they have to act. */
export function noticeListeners({ notify }: PluginKernel): NonNullable<PluginServer['listeners']> {
  return {
    'staking.position.matured': ({ id, data }: Told<EventData<typeof events.positionMatured>>) => {
      const { userId, positionId, assetId, payout, isRenewed } = data
      const about = {
        userId,
        kind: 'staking.matured',
        data: { assetId, payout },
        link: positionPath(positionId),
      }
      return isRenewed
        ? notify({ ...about, title: 'notices.renewed.title', body: 'notices.renewed.body', key: id })
        : notify({ ...about, title: 'notices.matured.title', body: 'notices.matured.body', key: id })
    },
    'staking.redemption.released': ({ id, data }: Told<EventData<typeof events.redemptionReleased>>) =>
      notify({
        userId: data.userId,
        kind: 'staking.released',
        title: 'notices.released.title',
        body: 'notices.released.body',
        data: { assetId: data.assetId, payout: data.payout },
        link: positionPath(data.positionId),
        key: id,
      }),
    'staking.reward.paidFirst': ({ id, data }: Told<EventData<typeof events.rewardPaidFirst>>) =>
      notify({
        userId: data.userId,
        kind: 'staking.firstReward',
        title: 'notices.firstReward.title',
        body: 'notices.firstReward.body',
        data: { assetId: data.assetId, reward: data.reward },
        link: positionPath(data.positionId),
        key: id,
      }),
    'staking.fund.ranDry': ({ id, data }: Told<EventData<typeof events.fundRanDry>>) =>
      notify({
        permission: 'staking.pools.manage',
        kind: 'staking.ranDry',
        title: 'notices.ranDry.title',
        body: 'notices.ranDry.body',
        data: { ...data },
        link: `/staking/pools/${data.poolId}`,
        key: id,
      }),
  }
}
