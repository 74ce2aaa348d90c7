import type { Knex } from 'knex'
import { createLogger, implement, type Implementation, type Logger } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import { execute, selectRows } from '../database/index.ts'
import type { User } from '../identity/index.ts'
import { identityRefusals } from '../identity/routes.ts'
import { personalDataRefusals } from './refusals.ts'
import { eraseAccount, eraseOwnAccount, exportAccount } from './routes.ts'

/** What keeps something about users. */
export interface Keeper {
  readonly exportUser?:
    ((userId: string) => Promise<Readonly<Record<string, readonly unknown[]>>>) | undefined
  readonly eraseUser?: ((userId: string) => Promise<void>) | undefined
}

export interface PersonalDataOptions {
  readonly database: Knex
  readonly identity: {
    findUser(userId: string): Promise<User | undefined>
    eraseUser(userId: string, andThen: (trx: Knex.Transaction) => Promise<void>): Promise<void>
  }
  /** Nothing is left in the user's wallets. */
  readonly isEmpty: (userId: string) => Promise<boolean>
  /** Told in the transaction in which the account is erased. */
  readonly onErased: (trx: Knex.Transaction, userId: string) => Promise<void>
  readonly clock?: Clock
  readonly log?: Logger
}

export interface PersonalData {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** Who is asked from now on, in place of what the owner gave before; `undefined` takes it away. */
  setKeeper(owner: string, keeper: Keeper | undefined): void
  /** Has every owner that is there follow the erasures it has missed; answers how many it did. */
  catchUp(): Promise<number>
}

interface Erasure {
  readonly userId: string
  readonly reason: string
  readonly askedBy: string
}

const IDENTITY = 'identity'

/** Gathers and erases what is kept about a user, over all parts and plugins. */
export function createPersonalData(options: PersonalDataOptions): PersonalData {
  const {
    database,
    identity,
    isEmpty,
    onErased,
    clock = systemClock,
    log = createLogger('personal-data'),
  } = options
  const keepers = new Map<string, Keeper>()

  async function note({ userId, reason, askedBy }: Erasure, owner: string): Promise<void> {
    await execute(
      database,
      `INSERT IGNORE INTO personal_data_erasures (user_id, owner, reason, asked_by, done_at) VALUES (?, ?, ?, ?, ?)`,
      [userId, owner, reason, askedBy, clock.now()],
    )
  }

  async function eraseAt(owner: string, keeper: Keeper, erasure: Erasure): Promise<boolean> {
    try {
      await keeper.eraseUser?.(erasure.userId)
      await note(erasure, owner)
      return true
    } catch (error) {
      log.error(`${owner} could not erase a user; it will be asked again`, { user: erasure.userId, error })
      return false
    }
  }

  async function erase(
    erasure: Erasure,
    confirmation: string,
  ): Promise<{ done: string[]; waiting: string[] }> {
    const { userId } = erasure
    const user = await identity.findUser(userId)
    if (!user) throw identityRefusals.user_not_found({ userId })
    if (user.email !== confirmation) throw personalDataRefusals.confirmation_wrong()
    await identity.eraseUser(userId, (trx) => onErased(trx, userId))
    await note(erasure, IDENTITY)
    const done = [IDENTITY]
    const waiting: string[] = []
    for (const [owner, keeper] of keepers) {
      if (!keeper.eraseUser) continue
      if (await eraseAt(owner, keeper, erasure)) done.push(owner)
      else waiting.push(owner)
    }
    return { done, waiting }
  }

  async function exported(userId: string) {
    const user = await identity.findUser(userId)
    const owners: Record<string, Record<string, unknown[]>> = { [IDENTITY]: { account: user ? [user] : [] } }
    const missing: string[] = []
    for (const [owner, { exportUser }] of keepers) {
      if (!exportUser) continue
      try {
        const kept = await exportUser(userId)
        owners[owner] = Object.fromEntries(Object.entries(kept).map(([name, items]) => [name, [...items]]))
      } catch (error) {
        missing.push(owner)
        log.error(`${owner} could not say what it keeps about a user`, { user: userId, error })
      }
    }
    return { exportedAt: clock.now().toISOString(), owners, missing }
  }

  const implementations = [
    implement(exportAccount, ({ userId }) => exported(userId)),
    implement(eraseOwnAccount, async ({ params: { confirmation }, userId }) => {
      if (!(await isEmpty(userId))) throw personalDataRefusals.account_not_empty()
      return erase({ userId, reason: 'Closed by its owner', askedBy: userId }, confirmation)
    }),
    implement(eraseAccount, ({ params: { userId, reason, confirmation }, principal }) => {
      const askedBy = principal.kind === 'user' ? principal.userId : principal.kind
      return erase({ userId, reason, askedBy }, confirmation)
    }),
  ] satisfies Implementation<never>[]

  return {
    implementations,
    permissions: [],
    setKeeper(owner, keeper) {
      if (keeper) keepers.set(owner, keeper)
      else keepers.delete(owner)
    },
    async catchUp() {
      let count = 0
      for (const [owner, keeper] of keepers) {
        if (!keeper.eraseUser) continue
        const missed = await selectRows<Erasure>(
          database,
          `SELECT e.user_id AS userId, e.reason, e.asked_by AS askedBy FROM personal_data_erasures e
           LEFT JOIN personal_data_erasures own ON own.user_id = e.user_id AND own.owner = ?
           WHERE e.owner = ? AND own.user_id IS NULL LIMIT 1000`,
          [owner, IDENTITY],
        )
        for (const erasure of missed) if (await eraseAt(owner, keeper, erasure)) count += 1
      }
      return count
    },
  }
}
