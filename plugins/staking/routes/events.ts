import { decimal, eventOf, id } from '@cambium/kernel/contract'
import { Boolean, Object } from 'typebox'
import { poolId, positionId } from './terms.ts'

const position = { userId: id, positionId, poolId, assetId: id }

export const positionOpened = eventOf({
  name: 'staking.position.opened',
  title: 'Somebody staked, or added to a stake',
  data: Object({ ...position, amount: decimal }),
})

export const positionRedeemed = eventOf({
  name: 'staking.position.redeemed',
  title: 'A stake, or a part of one, was redeemed',
  data: Object({ ...position, payout: decimal, penalty: decimal }),
})

export const positionMatured = eventOf({
  name: 'staking.position.matured',
  title: 'A locked term has ended',
  data: Object({ ...position, payout: decimal, isRenewed: Boolean() }),
})

export const redemptionReleased = eventOf({
  name: 'staking.redemption.released',
  title: 'An unbonding redemption was paid out',
  data: Object({ ...position, redemptionId: id, payout: decimal }),
})

export const rewardPaidFirst = eventOf({
  name: 'staking.reward.paidFirst',
  title: 'A position got its first reward',
  data: Object({ ...position, reward: decimal }),
})

export const fundRanDry = eventOf({
  name: 'staking.fund.ranDry',
  title: 'The reward fund of a pool could not pay a day',
  data: Object({ poolId, assetId: id, required: decimal, available: decimal }),
})
