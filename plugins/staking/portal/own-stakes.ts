import { useApi, useLoaded, useSession, type Loaded } from '@cambium/ui'
import { listPositions, type Position } from '../routes/positions.ts'
import { listStakedAssets, type StakedAsset } from '../routes/rewards.ts'

const POSITIONS = 200

export interface OwnStakes {
  readonly positions: readonly Position[]
  readonly assets: readonly StakedAsset[]
}

/** What the signed-in user has in staking; nothing for a visitor. */
export function useOwnStakes(): Loaded<OwnStakes> {
  const api = useApi()
  const { user } = useSession()
  return useLoaded(
    () => `stakes/${user.value?.id ?? ''}`,
    async () => {
      if (user.value === null) return { positions: [], assets: [] }
      const [positions, assets] = await Promise.all([
        api(listPositions, { limit: POSITIONS }),
        api(listStakedAssets, {}),
      ])
      return { positions: positions.items, assets: assets.items }
    },
  )
}
