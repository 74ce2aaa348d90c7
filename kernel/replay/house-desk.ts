import { randomUUID } from 'node:crypto'
import type { Api, ResultOf } from '../contract/index.ts'
import {
  createFunding,
  createHouseAccount,
  submitHouseOrders,
  type HouseOperation,
  type HouseOutcome,
  type Market,
} from '../exchange/routes.ts'
import { amount, formatAmount, parseAmount } from '../money/index.ts'
import type { ReplayFunding } from './funding.ts'
import type { ReplayOperation, ReplayRole } from './plan.ts'
import { RECORDING_SCALE } from './recording.ts'

/** The two flagged house accounts: one is the recorded book, the other takes the recorded trades. */
export const houseNames: Readonly<Record<ReplayRole, string>> = { book: 'replay-book', taker: 'replay-taker' }

const roles = ['book', 'taker'] as const

/** Trades for the replay's house accounts in one market of the running platform. */
export class HouseDesk {
  readonly #api: Api
  readonly #market: Market

  constructor(api: Api, market: Market) {
    this.#api = api
    this.#market = market
  }

  /** Cancels what an earlier run left, then adds what the accounts lack of `funding`. */
  async prepare(funding: ReplayFunding): Promise<void> {
    const accounts: Partial<Record<ReplayRole, ResultOf<typeof createHouseAccount>>> = {}
    for (const role of roles) await this.#api(createHouseAccount, { name: houseNames[role], funding: [] })
    await this.cancelAll()
    for (const role of roles) {
      const account = { name: houseNames[role], funding: [], marketId: this.#market.id }
      accounts[role] = await this.#api(createHouseAccount, account)
    }
    const { baseAssetId, quoteAssetId } = this.#market
    for (const role of roles) {
      await this.#top(accounts[role], baseAssetId, funding[role].base)
      await this.#top(accounts[role], quoteAssetId, funding[role].quote)
    }
  }

  async submit(operations: readonly ReplayOperation[]): Promise<readonly HouseOutcome[]> {
    const { outcomes } = await this.#api(submitHouseOrders, {
      marketId: this.#market.id,
      operations: operations.map(toHouseOperation),
    })
    return outcomes
  }

  /** Cancels every order of both accounts in the market. */
  async cancelAll(): Promise<void> {
    for (;;) {
      const { outcomes } = await this.#api(submitHouseOrders, {
        marketId: this.#market.id,
        operations: roles.map((role) => ({ op: 'cancelAll' as const, account: houseNames[role] })),
      })
      if (outcomes.every(({ left = 0 }) => left === 0)) return
    }
  }

  async #top(
    account: ResultOf<typeof createHouseAccount> | undefined,
    assetId: string,
    needed: bigint,
  ): Promise<void> {
    if (!account) return
    const balance = account.balances.find((row) => row.assetId === assetId)
    const available = balance ? parseAmount(balance.available, 18) / 10n ** 10n : 0n
    if (available >= needed) return
    await this.#api(
      createFunding,
      {
        userId: account.userId,
        assetId,
        // Rounded up to whole units: an asset may trade in coarser units than a recording is written in.
        amount: formatAmount(amount((needed - available) / 10n ** BigInt(RECORDING_SCALE) + 1n), 0),
        wallet: 'spot',
        marketId: this.#market.id,
        reason: `Funds the replay of a recorded market in ${this.#market.id}`,
      },
      { idempotencyKey: randomUUID() },
    )
  }
}

function toHouseOperation(operation: ReplayOperation): HouseOperation {
  const account = houseNames[operation.role]
  // Before the first timed message the recording has no clock yet.
  const time = operation.time === 0 ? {} : { time: operation.time }
  if (operation.op === 'cancel') return { op: 'cancel', account, clientOrderId: operation.orderId, ...time }
  const isTaker = operation.role === 'taker'
  return {
    op: 'place',
    account,
    clientOrderId: operation.orderId,
    side: operation.side,
    type: 'limit',
    price: formatAmount(amount(operation.price), RECORDING_SCALE),
    quantity: formatAmount(amount(operation.quantity), RECORDING_SCALE),
    timeInForce: isTaker ? 'IOC' : 'GTC',
    isPostOnly: !isTaker,
    isAnyNotional: true,
    ...time,
  }
}
