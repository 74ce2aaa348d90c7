import type { Knex } from 'knex'
import type { Outcome, TradeEvent } from '@cambium/engine'
import { execute, selectRows, transaction } from '../database/index.ts'
import type { Ledger } from '../ledger/index.ts'
import { mainShard } from '../engine-shards.ts'
import { amount, formatAmount, parseAmount, subtract, type Amount } from '../money/index.ts'
import { fundingAccountId, type EngineAccounts, type Wallet } from './accounts.ts'
import type { AnsweredSeqs } from './answered.ts'
import { shortest } from './decimals.ts'
import { toEngineKey } from './engine-key.ts'
import type { KeyedCommand } from './engine-link.ts'
import type { MarketRegistry } from './markets.ts'
import { engineName, placeCommand, type HouseTerms } from './order-command.ts'
import { lastSeq } from './outcome.ts'
import { exchangeRefusals } from './refusals.ts'
import { ownName } from './shards.ts'
import type { MoveListener, TransferDesk } from './transfers.ts'

/** Who makes the users behind house accounts, flagged as the house's own. */
export interface HouseUsers {
  createHouseUser(name: string): Promise<string>
}

export interface HouseParts {
  readonly database: Knex
  readonly ledger: Ledger
  readonly markets: MarketRegistry
  readonly accounts: EngineAccounts
  readonly answered: AnsweredSeqs
  readonly transfers: TransferDesk
  readonly users: HouseUsers
  readonly onMoved: MoveListener
}

export interface FundingRequest {
  readonly userId: string
  readonly assetId: string
  readonly amount: string
  readonly wallet: Wallet
  /** Whose spot wallet, by the name of its shard: main's unless said. */
  readonly shard?: string
  readonly source: `external:${string}`
  /** Unique over all fundings. */
  readonly key: string
  readonly reason: string
}

/** `account` is the name of the house account that acts. */
export type HouseOperation = { readonly account: string } & (
  | ({ readonly op: 'place' } & HouseTerms)
  | {
      readonly op: 'cancel'
      readonly orderId?: string
      readonly clientOrderId?: string
      readonly time?: number
    }
  | { readonly op: 'cancelAll'; readonly time?: number }
)

export interface HouseOutcome {
  readonly seq: number
  /** The engine's reason when it refused; absent otherwise. */
  readonly rejected?: string
  readonly orderId?: string
  readonly leavesQuantity?: string
  /** Of a cancelAll: how many it canceled, and how many are left for another. */
  readonly canceled?: number
  readonly left?: number
  readonly trades: readonly { readonly tradeId: string; readonly price: string; readonly quantity: string }[]
}

/** The exchange's own accounts: real users in the ledger and the engine, funded and flagged as the house's. */
export class House {
  readonly #parts: HouseParts

  constructor(parts: HouseParts) {
    this.#parts = parts
  }

  /** Pays from the outside world into a wallet, exactly once per key. */
  async fund(request: FundingRequest): Promise<void> {
    const { userId, assetId, wallet, shard = mainShard.name, source, key, reason } = request
    const { database, ledger, transfers, onMoved } = this.#parts
    const asset = (await ledger.assets()).get(assetId)
    if (!asset) throw exchangeRefusals.asset_not_found({ assetId })
    const target = fundingAccountId(userId)
    const posting = { source, target, assetId, amount: parseAmount(request.amount, asset.scale) }
    const entry = {
      key: `exchange.funding:${key}`,
      kind: 'exchange.funding',
      postings: [posting],
      data: { reason, wallet },
    }
    await transaction(database, async (trx) => {
      await ledger.openAccount(trx, source, 'external')
      await ledger.post(trx, [entry])
      const { amount: moved } = request
      await onMoved(trx, { id: key, userId, assetId, amount: moved, source: 'outside', target: 'funding' })
    })
    if (wallet === 'funding') return
    const move = { userId, assetId, amount: request.amount, source: 'funding', target: 'spot' } as const
    await transfers.create({ ...move, targetShard: shard, key: `funding:${key}` })
  }

  /** The account's user, made and funded on first use; later only what is missing of `funding` is added. */
  async account(
    name: string,
    funding: Readonly<Record<string, string>>,
    shard = mainShard.name,
  ): Promise<string> {
    const userId = (await this.find(name)) ?? (await this.#open(name))
    const assets = await this.#parts.ledger.assets()
    for (const [assetId, total] of Object.entries(funding)) {
      const asset = assets.get(assetId)
      if (!asset) throw exchangeRefusals.asset_not_found({ assetId })
      const wanted = parseAmount(total, asset.scale)
      const missing = subtract(wanted, await this.#fundedSoFar(name, assetId, shard))
      if (missing <= 0n) continue
      // The key names the total, so that a crash before the total is recorded funds nothing twice.
      const key = ownName(`house:${name}:${assetId}:${wanted}`, shard)
      const reason = `Funds the house account ${name}`
      const text = formatAmount(missing, asset.scale)
      const moved = { userId, assetId, amount: text, wallet: 'spot', shard } as const
      await this.fund({ ...moved, source: 'external:demo', key, reason })
      await this.#recordFunding({ name, assetId, shard }, wanted)
    }
    return userId
  }

  async find(name: string): Promise<string | undefined> {
    const statement = 'SELECT user_id userId FROM exchange_house_accounts WHERE name = ?'
    const [row] = await selectRows<{ userId: string }>(this.#parts.database, statement, [name])
    return row?.userId
  }

  async names(): Promise<ReadonlyMap<string, string>> {
    const statement = 'SELECT name, user_id userId FROM exchange_house_accounts'
    const rows = await selectRows<{ name: string; userId: string }>(this.#parts.database, statement)
    return new Map(rows.map((row) => [row.userId, row.name]))
  }

  async #open(name: string): Promise<string> {
    const userId = await this.#parts.users.createHouseUser(name)
    const statement = 'INSERT IGNORE INTO exchange_house_accounts (name, user_id) VALUES (?, ?)'
    await execute(this.#parts.database, statement, [name, userId])
    return (await this.find(name)) as string
  }

  async #fundedSoFar(name: string, assetId: string, shard: string): Promise<Amount> {
    const statement =
      'SELECT amount FROM exchange_house_fundings WHERE name = ? AND asset_id = ? AND shard = ?'
    const [row] = await selectRows<{ amount: string }>(this.#parts.database, statement, [
      name,
      assetId,
      shard,
    ])
    return amount(BigInt(row?.amount ?? 0))
  }

  async #recordFunding(
    { name, assetId, shard }: { name: string; assetId: string; shard: string },
    total: Amount,
  ): Promise<void> {
    const statement = `INSERT INTO exchange_house_fundings (name, asset_id, amount, shard) VALUES ?
      ON DUPLICATE KEY UPDATE amount = GREATEST(amount, VALUES(amount))`
    await execute(this.#parts.database, statement, [[[name, assetId, total, shard]]])
  }

  /** Runs the operations in their order, in one market. A refused one does not stop the rest. */
  async submit(request: {
    marketId: string
    operations: readonly HouseOperation[]
    key: string
  }): Promise<readonly HouseOutcome[]> {
    const { marketId, operations, key } = request
    const traders = await this.#traders(new Set(operations.map(({ account }) => account)))
    const commands = operations.map((operation, index) => {
      const { engineAccount } = traders.get(operation.account) as Trader
      return toCommand({ account: engineAccount, marketId, operation, key: `${key}:${index}` })
    })
    const { link } = await this.#parts.markets.home(marketId)
    const outcomes = await link.submitMany(commands)
    const last = outcomes.at(-1)
    if (last) {
      for (const { userId } of traders.values()) await this.#parts.answered.set(userId, lastSeq(last))
    }
    return outcomes.map((outcome) => toHouseOutcome(outcome))
  }

  async #traders(names: ReadonlySet<string>): Promise<ReadonlyMap<string, Trader>> {
    const traders = new Map<string, Trader>()
    for (const name of names) {
      const userId = await this.find(name)
      if (userId === undefined) throw exchangeRefusals.house_account_not_found({ name })
      traders.set(name, { userId, engineAccount: await this.#parts.accounts.open(userId) })
    }
    return traders
  }
}

interface Trader {
  readonly userId: string
  readonly engineAccount: number
}

interface HouseCommand {
  readonly account: number
  readonly marketId: string
  readonly operation: HouseOperation
  readonly key: string
}

function toCommand({ account, marketId, operation, key }: HouseCommand): KeyedCommand {
  if (operation.op === 'place') return placeCommand({ account, market: marketId, key }, operation)
  const { time } = operation
  const sent = { key: toEngineKey(key), ...(time === undefined ? {} : { time }) }
  if (operation.op === 'cancelAll') return { op: 'cancelAll', market: marketId, account, ...sent }
  const { orderId, clientOrderId } = operation
  return { op: 'cancel', market: marketId, account, ...engineName({ orderId, clientOrderId }), ...sent }
}

function toHouseOutcome(outcome: Outcome): HouseOutcome {
  const { seq, events } = outcome
  const [first] = events
  if (first?.event === 'rejected') return { seq, rejected: first.reason, trades: [] }
  const trades = events.filter((event): event is TradeEvent => event.event === 'trade')
  const shown = trades.map(({ seq: trade, price, quantity }) => ({
    tradeId: String(trade),
    price: shortest(price),
    quantity: shortest(quantity),
  }))
  if (first?.event === 'accepted') {
    const leavesQuantity = shortest(trades.at(-1)?.takerLeaves ?? first.quantity ?? '0')
    return { seq, orderId: String(first.order), leavesQuantity, trades: shown }
  }
  // A cancelAll says what it canceled, order by order, before it sums up.
  const last = events.at(-1)
  if (last?.event === 'canceledAll') return { seq, canceled: last.canceled, left: last.left, trades: [] }
  if (first?.event !== 'canceled') throw new Error(`The engine answered a house order with ${first?.event}.`)
  return { seq, orderId: String(first.order), leavesQuantity: shortest(first.leaves), trades: [] }
}
