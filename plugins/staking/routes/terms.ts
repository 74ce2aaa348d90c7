import { decimal } from '@cambium/kernel/contract'
import { parseAmount } from '@cambium/kernel/money'
import { Array, Enum, Integer, Object, String, type Static } from 'typebox'
import type { TierRate } from './reward-rules.ts'

/** Words that several of the plugin's routes use. */

/** `usdt-flexible`: chosen by the operator once, part of the reward account's name. */
export const poolId = String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 40 })
export const positionId = String({ pattern: '^[1-9][0-9]{0,15}$' })

/** `flexible` is left at any time, `locked` at the end of its term or for the price of its rewards. */
export const poolKind = Enum(['flexible', 'locked'])
export type PoolKind = Static<typeof poolKind>

/** `draft` is seen by operators only, `closed` takes nobody new, `ended` earns no more and pays everybody out. */
export const poolState = Enum(['draft', 'open', 'closed', 'ended'])
export type PoolState = Static<typeof poolState>

/** Who pays the rewards: the house out of its own, a share of its fees, or what the asset's network pays. */
export const rewardSource = Enum(['house', 'fees', 'network'])

/** Ten times the stake a year is the most a rate can say. */
export const aprPpm = Integer({ minimum: 0, maximum: 10_000_000 })

/** The slice of a stake from `from` on earns `aprPpm` millionths a year. */
export const Tier = Object({ from: decimal, aprPpm }, { additionalProperties: false })
export type Tier = Static<typeof Tier>

export const tiers = Array(Tier, { minItems: 1, maxItems: 8 })

/** Why a journal entry, a change of money by the operator, was made. */
export const reason = String({ minLength: 3, maxLength: 500 })

export function readTiers(list: readonly Tier[], scale: number): TierRate[] {
  return list.map((tier) => ({ from: parseAmount(tier.from, scale), aprPpm: tier.aprPpm }))
}
