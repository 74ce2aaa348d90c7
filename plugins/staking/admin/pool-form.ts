import { computed, reactive, type ComputedRef } from 'vue'
import type { ParamsOf } from '@cambium/kernel/contract'
import { compareDecimals, decimalsOf, isPositiveDecimal, percentOfPpm } from '@cambium/kernel/money'
import type { createPool, Pool, PoolAsset } from '../routes/pools.ts'

export interface TierEntry {
  from: string
  /** In percent, as people say it: `6.2`. */
  apr: string
}

export interface PoolEntries {
  poolId: string
  name: string
  assetId: string
  kind: Pool['kind']
  termDays: number
  unbondingDays: number
  stakeMin: string
  userCap: string
  poolCap: string
  levelMin: number
  rewardSource: Pool['rewardSource']
  rewardNote: string
  sortOrder: number
  tiers: TierEntry[]
}

export type PoolFault =
  | 'idMalformed'
  | 'nameMissing'
  | 'assetMissing'
  | 'amountMalformed'
  | 'amountTooFine'
  | 'capBelowMinimum'
  | 'tierMalformed'
  | 'tiersMustAscend'

export interface PoolForm {
  /** Writes what is there over what was written. */
  fill(pool: Pool): void
  readonly entries: PoolEntries
  readonly faults: ComputedRef<Partial<Record<keyof PoolEntries, PoolFault>>>
  readonly isValid: ComputedRef<boolean>
  addTier(): void
  removeTier(index: number): void
  creation(): ParamsOf<typeof createPool>
}

/** `6.2` percent is 62,000 millionths; null for what is no rate: finer than a millionth, or above 1,000 percent. */
export function aprPpmOf(percent: string): number | null {
  const match = /^(0|[1-9][0-9]{0,3})(?:\.([0-9]{1,4}))?$/.exec(percent)
  if (!match) return null
  const ppm = BigInt(match[1] ?? '0') * 10_000n + BigInt((match[2] ?? '').padEnd(4, '0'))
  return ppm > 10_000_000n ? null : Number.parseInt(ppm.toString(), 10)
}

function entriesOf(pool: Pool | null): PoolEntries {
  return {
    poolId: pool?.id ?? '',
    name: pool?.name ?? '',
    assetId: pool?.assetId ?? '',
    kind: pool?.kind ?? 'flexible',
    termDays: pool?.termDays ?? 30,
    unbondingDays: pool?.unbondingDays ?? 0,
    stakeMin: pool?.stakeMin ?? '1',
    userCap: pool?.userCap ?? '',
    poolCap: pool?.poolCap ?? '',
    levelMin: pool?.levelMin ?? 0,
    rewardSource: pool?.rewardSource ?? 'house',
    rewardNote: pool?.rewardNote ?? '',
    sortOrder: pool?.sortOrder ?? 100,
    tiers: (pool?.nextTiers?.tiers ?? pool?.tiers ?? [{ from: '0', aprPpm: 50_000 }]).map((tier) => ({
      from: tier.from,
      apr: percentOfPpm(tier.aprPpm),
    })),
  }
}

function amountFault(text: string, scale: number): PoolFault | null {
  if (!isPositiveDecimal(text)) return 'amountMalformed'
  return decimalsOf(text) > scale ? 'amountTooFine' : null
}

function tiersFault(tiers: readonly TierEntry[], scale: number): PoolFault | null {
  for (const [index, { from, apr }] of tiers.entries()) {
    if (aprPpmOf(apr) === null) return 'tierMalformed'
    const before = tiers[index - 1]
    if (before === undefined) continue
    if (amountFault(from, scale) !== null) return 'tierMalformed'
    if (compareDecimals(from, before.from) <= 0) return 'tiersMustAscend'
  }
  return null
}

/** What the operator writes about a pool, checked while it is written. */
export function usePoolForm(pool: Pool | null, assets: () => readonly PoolAsset[]): PoolForm {
  const entries = reactive(entriesOf(pool))
  const scale = computed(() => assets().find(({ id }) => id === entries.assetId)?.scale ?? 18)

  const faults = computed(() => {
    const found: Partial<Record<keyof PoolEntries, PoolFault>> = {}
    const note = (field: keyof PoolEntries, fault: PoolFault | null): void => {
      if (fault !== null) found[field] = fault
    }
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(entries.poolId)) found.poolId = 'idMalformed'
    if (entries.name.trim() === '') found.name = 'nameMissing'
    if (entries.assetId === '') found.assetId = 'assetMissing'
    note('stakeMin', amountFault(entries.stakeMin, scale.value))
    for (const cap of ['userCap', 'poolCap'] as const) {
      if (entries[cap] === '') continue
      note(cap, amountFault(entries[cap], scale.value))
      const isComparable = found[cap] === undefined && found.stakeMin === undefined
      if (isComparable && compareDecimals(entries[cap], entries.stakeMin) < 0) found[cap] = 'capBelowMinimum'
    }
    note('tiers', tiersFault(entries.tiers, scale.value))
    return found
  })

  return {
    entries,
    fill: (next) => void Object.assign(entries, entriesOf(next)),
    faults,
    isValid: computed(() => Object.keys(faults.value).length === 0),
    addTier: () => {
      entries.tiers.push({ from: '', apr: entries.tiers.at(-1)?.apr ?? '' })
    },
    removeTier: (index) => {
      entries.tiers.splice(index, 1)
    },
    creation: () => ({
      poolId: entries.poolId,
      name: entries.name.trim(),
      assetId: entries.assetId,
      kind: entries.kind,
      termDays: entries.kind === 'locked' ? entries.termDays : null,
      unbondingDays: entries.unbondingDays,
      stakeMin: entries.stakeMin,
      userCap: entries.userCap === '' ? null : entries.userCap,
      poolCap: entries.poolCap === '' ? null : entries.poolCap,
      levelMin: entries.levelMin,
      rewardSource: entries.rewardSource,
      rewardNote: entries.rewardNote.trim(),
      sortOrder: entries.sortOrder,
      tiers: entries.tiers.map(({ from, apr }, index) => ({
        from: index === 0 ? '0' : from,
        aprPpm: aprPpmOf(apr) ?? 0,
      })),
    }),
  }
}

type Terms = Omit<ParamsOf<typeof createPool>, 'poolId' | 'assetId' | 'kind' | 'termDays'>

/** What two operators may have written differently. */
export function comparedPool(pool: Terms & Partial<Pick<Pool, 'nextTiers'>>): Record<string, unknown> {
  const { name, stakeMin, userCap, poolCap, levelMin, unbondingDays, rewardSource, rewardNote, sortOrder } =
    pool
  const tiers = (pool.nextTiers?.tiers ?? pool.tiers).map(
    ({ from, aprPpm }) => `${from}: ${percentOfPpm(aprPpm)} %`,
  )
  const terms = { name, stakeMin, userCap, poolCap, levelMin, unbondingDays }
  return { ...terms, rewardSource, rewardNote, sortOrder, tiers: tiers.join(', ') }
}
