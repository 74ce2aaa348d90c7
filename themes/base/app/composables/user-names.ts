import { shallowReactive } from 'vue'
import { listUsers, type User } from '@cambium/kernel/identity/routes'

const IDS_MAX = 100

export interface UserNames {
  /** Undefined until known, and for ever where nobody has the id. */
  find(userId: string): User | undefined
  /** What is asked for in one turn is read in one request. */
  ask(userId: string): void
}

/** Users by id, for rows that name many of them. */
export function createUserNames(load: (ids: readonly string[]) => Promise<readonly User[]>): UserNames {
  const known = shallowReactive(new Map<string, User>())
  const asked = new Set<string>()
  let waiting: string[] = []

  async function read(ids: readonly string[]): Promise<void> {
    try {
      for (const user of await load(ids)) known.set(user.id, user)
    } catch {
      // The rows show the id meanwhile; the next one with it asks again.
      for (const id of ids) asked.delete(id)
    }
  }
  function flush(): void {
    const ids = waiting
    waiting = []
    for (let start = 0; start < ids.length; start += IDS_MAX) void read(ids.slice(start, start + IDS_MAX))
  }
  return {
    find: (userId) => known.get(userId),
    ask(userId) {
      if (asked.has(userId)) return
      asked.add(userId)
      if (waiting.push(userId) === 1) queueMicrotask(flush)
    },
  }
}

// One for the tab, and never for the server, where `ask` would mix what different visitors may see.
let names: UserNames | undefined

export function useUserNames(): UserNames {
  const api = useApi()
  return (names ??= createUserNames(
    async (ids) => (await api(listUsers, { ids: [...ids], limit: IDS_MAX })).items,
  ))
}

/** Finds the user an operator means by an id or a whole e-mail address; null when it is nobody's. */
export function useUserSearch(): (text: string, signal?: AbortSignal) => Promise<string | null> {
  const api = useApi()
  return async (text, signal) => {
    const wanted = text.trim().toLowerCase()
    if (/^[1-9][0-9]*$/.test(wanted)) return wanted
    const { items } = await api(listUsers, { search: wanted, limit: 2 }, signal ? { signal } : {})
    const found = items.find(({ email }) => email.toLowerCase() === wanted)
    // The beginning of an address is enough where only one begins like it.
    return (found ?? (items.length === 1 ? items[0] : undefined))?.id ?? null
  }
}
