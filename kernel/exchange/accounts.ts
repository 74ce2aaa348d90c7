import type { Knex } from 'knex'
import { execute, selectRows } from '../database/index.ts'
import { ownName } from './shards.ts'

export type Wallet = 'funding' | 'spot'

/** An engine's account 0 has the fees; the ledger keeps the same on this account. */
export function feeAccountId(shard: string): string {
  return ownName('fees:spot', shard)
}

/** What has left one home and not yet reached a shard, or the other way round. */
export function transitAccountId(shard: string): string {
  return ownName('transit:spot', shard)
}

export function fundingAccountId(userId: string): string {
  return `user:${userId}/funding`
}

/** The ledger's account of what a user has in a shard. */
export function spotAccountId(userId: string, shard: string): string {
  return ownName(`user:${userId}/spot`, shard)
}

interface AccountRow {
  id: number
  userId: string
}

const columns = 'SELECT id, user_id userId FROM exchange_accounts'

/** Which engine account is whose. A pair never changes, so it is read once. */
export class EngineAccounts {
  readonly #database: Knex
  readonly #byUser = new Map<string, number>()
  readonly #byId = new Map<number, string>()

  constructor(database: Knex) {
    this.#database = database
  }

  /** The user's account in every engine, opened on first use. */
  async open(userId: string): Promise<number> {
    const known = this.#byUser.get(userId)
    if (known !== undefined) return known
    if (!(await this.#load(`${columns} WHERE user_id = ? AND wallet = 'spot'`, userId))) {
      const statement = "INSERT IGNORE INTO exchange_accounts (user_id, wallet) VALUES (?, 'spot')"
      await execute(this.#database, statement, [userId])
      await this.#load(`${columns} WHERE user_id = ? AND wallet = 'spot'`, userId)
    }
    return this.#byUser.get(userId) as number
  }

  /** Throws when the engine knows an account that nobody here opened: its journal belongs to another database. */
  async userOf(id: number): Promise<string> {
    const known = this.#byId.get(id) ?? (await this.findUser(id))
    if (known === undefined) throw new Error(`Engine account ${id} is nobody’s here.`)
    return known
  }

  async findUser(id: number): Promise<string | undefined> {
    if (!this.#byId.has(id)) await this.#load(`${columns} WHERE id = ?`, id)
    return this.#byId.get(id)
  }

  async #load(statement: string, value: string | number): Promise<boolean> {
    const rows = await selectRows<AccountRow>(this.#database, statement, [value])
    for (const { id, userId } of rows) {
      this.#byUser.set(userId, id)
      this.#byId.set(id, userId)
    }
    return rows.length > 0
  }
}
