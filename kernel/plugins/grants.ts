import type { Exchange } from '../exchange/exchange.ts'
import type { Ledger, Posting } from '../ledger/ledger.ts'
import type { PluginManifest } from './manifest.ts'
import { pluginsRefusals } from './refusals.ts'

/** `*` stands for one part between `:` and `/`: `user:*` + `/spot` matches every user's spot wallet and no other. */
function pattern(account: string): RegExp {
  const escaped = account.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '[^:/]+')
  return new RegExp(`^${escaped}$`)
}

function refuse(pluginId: string, grant: string): never {
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

/** The exchange as one plugin may use it: markets and orders, and house accounts, each only when granted. */
export function grantedExchange(exchange: Exchange, { id, grants }: PluginManifest): Exchange {
  const withMarkets = async (): Promise<void> => {
    if (!grants?.engineMarkets) refuse(id, 'engineMarkets')
  }
  return guarded<Exchange>(exchange, {
    defineMarket: (spec) => withMarkets().then(() => exchange.defineMarket(spec)),
    place: (order) => withMarkets().then(() => exchange.place(order)),
    cancel: (request) => withMarkets().then(() => exchange.cancel(request)),
    amend: (request) => withMarkets().then(() => exchange.amend(request)),
    replace: (request) => withMarkets().then(() => exchange.replace(request)),
    placeList: (request) => withMarkets().then(() => exchange.placeList(request)),
    guard: (userId) => withMarkets().then(() => exchange.guard(userId)),
    cancelList: (request) => withMarkets().then(() => exchange.cancelList(request)),
    cancelAll: (request) => withMarkets().then(() => exchange.cancelAll(request)),
    houseAccount: async (name, funding, marketId) => {
      if (!grants?.houseAccounts) refuse(id, 'houseAccounts')
      return exchange.houseAccount(name, funding, marketId)
    },
  })
}

/** `target` with some methods replaced; the others run on `target` itself. */
function guarded<T extends object>(target: T, replacements: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const replacement: unknown = Reflect.get(replacements, name)
      if (replacement !== undefined) return replacement
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
