import type { Ref } from 'vue'
import { usePagedList, useUserSearch, type ListSource } from '@cambium/ui'

interface Page<Row> {
  readonly items: readonly Row[]
  readonly nextCursor?: string
}

interface UsersQuery {
  readonly userId?: string
  readonly marketId?: string
  readonly cursor?: string
}

/** A list of what all users have, of which the address picks a market, and its search an id or an e-mail address. */
export function useUsersList<Row>(
  filters: Readonly<Ref<Partial<Record<'q' | 'market' | 'status', string>>>>,
  load: (query: UsersQuery, signal: AbortSignal) => Promise<Page<Row>>,
): { readonly list: ListSource<Row>; asked(): UsersQuery } {
  const findUser = useUserSearch()
  // The user whom the search names; a file has the rows of the same one.
  let foundUserId: string | undefined
  function asked(): UsersQuery {
    const { market } = filters.value
    return {
      ...(foundUserId === undefined ? {} : { userId: foundUserId }),
      ...(market ? { marketId: market } : {}),
    }
  }
  const list = usePagedList<Row>(
    async (cursor, signal) => {
      const { q } = filters.value
      const userId = q ? await findUser(q, signal) : undefined
      if (userId === null) return { items: [] }
      foundUserId = userId
      return await load({ ...asked(), ...(cursor === undefined ? {} : { cursor }) }, signal)
    },
    () => filters.value,
  )
  return { list, asked }
}
