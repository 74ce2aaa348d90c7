import type { ContextOf } from '../contract/index.ts'
import type { Exchange, OrderTerms } from '../exchange/exchange.ts'
import type { orderAuthorize } from '../filters/routes.ts'
import type { Ledger, Posting } from '../ledger/ledger.ts'
import type { PluginManifest } from './manifest.ts'
import { pluginsRefusals } from './refusals.ts'

/** `*` stands for one part between `:` and `/`: `user:*` + `/spot` matches every user's spot wallet and no other. */
function pattern(account: string): RegExp {
  const escaped = account.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '[^:/]+')
  return new RegExp(`^${escaped}$`)
}

export function refuse(pluginId: string, grant: string): never {
  throw pluginsRefusals.grant_missing({ pluginId, grant })
}

/**
 * The ledger as one plugin may use it: it moves money only between its own accounts and those it was granted. Reading
 * balances is free, and so is ending a hold, whose id only who placed it knows.
 */
export function grantedLedger(ledger: Ledger, { id, grants, accounts = [] }: PluginManifest): Ledger {
  const allowed = [...accounts.map((account) => account.id), ...(grants?.ledgerAccounts ?? [])].map(pattern)
  const check = (account: string): void => {
    if (!allowed.some((rule) => rule.test(account))) refuse(id, `ledgerAccounts: ${account}`)
  }
  const checkPostings = (postings: readonly Posting[]): void => {
    for (const { source, target } of postings) {
      check(source)
      check(target)
    }
  }
  return guarded<Ledger>(ledger, {
    assets: 'free',
    balances: 'free',
    releaseHold: 'free',
    defineAsset: async () => refuse(id, 'assets'),
    openAccount: async (trx, account, kind) => {
      check(account)
      return ledger.openAccount(trx, account, kind)
    },
    post: async (trx, entries) => {
      for (const { postings } of entries) checkPostings(postings)
      return ledger.post(trx, entries)
    },
    placeHold: async (trx, request) => {
      check(request.accountId)
      return ledger.placeHold(trx, request)
    },
    captureHold: async (trx, holdId, entry) => {
      checkPostings(entry.postings)
      return ledger.captureHold(trx, holdId, entry)
    },
  })
}

type OrderContext = ContextOf<typeof orderAuthorize>

function termsOf({ side, type, quantity, quoteQuantity, price }: OrderTerms): Partial<OrderContext> {
  return { side, type, ...present({ quantity, quoteQuantity, price }) }
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>
}

/**
 * The exchange as one plugin may use it: markets and orders, and house accounts, each only when granted. It is the one
 * way to the engine for whatever product an order comes from, so the filters of orders are asked here, but for the orders
 * of house accounts, which are the platform's own.
 */
export function grantedExchange(
  exchange: Exchange,
  { id, grants }: PluginManifest,
  authorize: (context: OrderContext) => Promise<void>,
): Exchange {
  const houses = new Set<string>()
  const withMarkets = async (): Promise<void> => {
    if (!grants?.engineMarkets) refuse(id, 'engineMarkets')
  }
  const authorized = async (
    { userId, marketId }: { readonly userId: string; readonly marketId: string },
    changes: readonly (Partial<OrderContext> & Pick<OrderContext, 'action'>)[],
  ): Promise<void> => {
    await withMarkets()
    if (houses.has(userId)) return
    for (const change of changes) await authorize({ userId, marketId, ...change })
  }
  return guarded<Exchange>(exchange, {
    markets: 'free',
    balances: 'free',
    depth: 'free',
    trades: 'free',
    candles: 'free',
    readYourWrites: 'free',
    onMarketData: 'free',
    isReserved: 'free',
    onReservationChange: 'free',
    // It tells of every order, with the user who placed it.
    follow: (follower, signal) => withMarkets().then(() => exchange.follow(follower, signal)),
    defineMarket: (spec) => withMarkets().then(() => exchange.defineMarket(spec)),
    place: async (order) => {
      await authorized(order, [{ action: 'place', ...termsOf(order) }])
      return exchange.place(order)
    },
    cancel: (request) => withMarkets().then(() => exchange.cancel(request)),
    amend: async (request) => {
      const { orderId, clientOrderId, price, quantity } = request
      await authorized(request, [
        { action: 'amend', ...present({ orderId, clientOrderId, price, quantity }) },
      ])
      return exchange.amend(request)
    },
    replace: async (request) => {
      await authorized(request, [{ action: 'place', ...termsOf(request.place) }])
      return exchange.replace(request)
    },
    placeList: async (request) => {
      await authorized(
        request,
        request.orders.map((order) => ({ action: 'place', ...termsOf(order) })),
      )
      return exchange.placeList(request)
    },
    guard: (userId) => withMarkets().then(() => exchange.guard(userId)),
    cancelList: (request) => withMarkets().then(() => exchange.cancelList(request)),
    cancelAll: (request) => withMarkets().then(() => exchange.cancelAll(request)),
    houseAccount: async (name, funding, marketId) => {
      if (!grants?.houseAccounts) refuse(id, 'houseAccounts')
      const userId = await exchange.houseAccount(name, funding, marketId)
      houses.add(userId)
      return userId
    },
  })
}

/**
 * What of `target` a plugin may call: each member of `T` as it is or replaced, and nothing else, though the object behind
 * it can do more. A member that `T` gains does not compile until it is decided here.
 */
function guarded<T extends object>(target: T, members: { readonly [K in keyof T]: T[K] | 'free' }): T {
  const allowed = Object.entries(members).map(([name, member]) => {
    const value: unknown = member === 'free' ? Reflect.get(target, name) : member
    return [name, typeof value === 'function' && member === 'free' ? (value.bind(target) as unknown) : value]
  })
  return Object.freeze(Object.fromEntries(allowed) as T)
}
