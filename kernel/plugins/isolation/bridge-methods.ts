import type { PluginKernel } from '../plugin-server.ts'
import type { MethodKind } from './peer.ts'

type AnyFunction = (...args: never[]) => unknown
type FunctionsOf<T> = { [K in keyof T & string]: T[K] extends AnyFunction ? K : never }[keyof T & string]

/** Parts of the kernel that are groups of functions. */
type Groups = Pick<
  PluginKernel,
  | 'ledger'
  | 'exchange'
  | 'channels'
  | 'filters'
  | 'toggles'
  | 'strategies'
  | 'events'
  | 'jobs'
  | 'activity'
  | 'metrics'
  | 'users'
>
type InGroups = { [K in keyof Groups & string]: `${K}.${FunctionsOf<Groups[K]>}` }[keyof Groups & string]

/** What the runner answers itself: loops and time run in it, statements and fetches have ways of their own. */
type OwnWays =
  'database' | 'every' | 'background' | 'onDispose' | 'onSettingsChange' | 'fetch' | 'exchange.isReserved'

export type BridgedMethod = Exclude<FunctionsOf<PluginKernel> | InGroups, OwnWays>

/**
 * Everything of `PluginKernel` that a plugin in a worker or process calls over messages: a member the kernel gains does
 * not compile until it has its line here. What each may do is decided behind it, by the same grants as in every tier.
 */
export const bridgeMethods: Readonly<Record<BridgedMethod, MethodKind>> = {
  'ledger.assets': 'ask',
  'ledger.defineAsset': 'ask',
  'ledger.openAccount': 'ask',
  'ledger.post': 'ask',
  'ledger.placeHold': 'ask',
  'ledger.captureHold': 'ask',
  'ledger.releaseHold': 'ask',
  'ledger.balances': 'ask',
  'exchange.defineMarket': 'ask',
  'exchange.markets': 'ask',
  'exchange.place': 'ask',
  'exchange.cancel': 'ask',
  'exchange.cancelAll': 'ask',
  'exchange.amend': 'ask',
  'exchange.replace': 'ask',
  'exchange.placeList': 'ask',
  'exchange.cancelList': 'ask',
  'exchange.guard': 'ask',
  'exchange.balances': 'ask',
  'exchange.depth': 'ask',
  'exchange.trades': 'ask',
  'exchange.candles': 'ask',
  'exchange.follow': 'ask',
  'exchange.readYourWrites': 'ask',
  'exchange.onMarketData': 'listen',
  'exchange.onReservationChange': 'listen',
  'exchange.houseAccount': 'ask',
  'channels.provide': 'provide',
  'channels.publish': 'tell',
  'filters.apply': 'ask',
  'toggles.isOn': 'ask',
  'strategies.ask': 'ask',
  'events.emit': 'ask',
  'events.emitAll': 'ask',
  'jobs.start': 'ask',
  'activity.record': 'ask',
  'metrics.count': 'tell',
  'metrics.set': 'tell',
  'metrics.observe': 'tell',
  notify: 'ask',
  'users.level': 'ask',
  'users.find': 'ask',
  'users.findByEmail': 'ask',
}

export function isBridged(method: string): method is BridgedMethod {
  return Object.hasOwn(bridgeMethods, method)
}
