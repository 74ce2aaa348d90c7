/** What the naive engine knows: arrays, maps and plain objects, searched from end to end. */
import type { ListKind, OrderType, SelfTradePrevention, Side, TimeInForce } from '../messages/command.ts'
import type { EngineEvent, OpenStatus } from '../messages/event.ts'
import type { MarketTerms } from '../messages/market.ts'
import type { AccountSettings, Discount, FeeTier } from '../core/reads.ts'
import type { Rules } from './rules.ts'

/** `new` is being placed, triggered, activated or amended and is nowhere yet; `gone` has ended. */
type Status = OpenStatus | 'new' | 'gone'

export interface NaiveOrder {
  /** 0 until it is accepted. */
  number: number
  status: Status
  readonly id: string
  readonly account: number
  readonly market: NaiveMarket
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce | undefined
  price: bigint | undefined
  quantity: bigint
  leaves: bigint
  prevented: bigint
  readonly quoteQuantity: bigint | undefined
  /** What an order with a quote quantity may still spend or receive. */
  quoteLeft: bigint
  readonly display: bigint | undefined
  /** How much of the leaves its level shows; all of it unless it is an iceberg. */
  shown: bigint
  readonly postOnly: boolean
  readonly anyNotional: boolean
  /** As the command said; the market's default where it said nothing is in `prevention`. */
  readonly named: SelfTradePrevention | undefined
  readonly prevention: SelfTradePrevention
  readonly triggerPrice: bigint | undefined
  readonly trailingBips: number | undefined
  isActive: boolean
  extreme: bigint | undefined
  isQueued: boolean
  readonly expiresAt: number | undefined
  list: NaiveList | undefined
  /** The price its hold is reckoned at, where that is no price of its own. */
  holdPrice: bigint | undefined
  hold: Hold
}

/** Funds set aside for one order, or for the two of a pair. */
export interface Hold {
  readonly orders: NaiveOrder[]
  amount: bigint
}

export interface NaiveList {
  number: number
  readonly id: string
  readonly account: number
  readonly market: NaiveMarket
  readonly kind: ListKind
  readonly orders: readonly NaiveOrder[]
}

export interface NaiveMarket {
  readonly name: string
  terms: MarketTerms
  lastPrice: bigint | undefined
  /** Open orders in the order they would trade. */
  readonly buy: NaiveOrder[]
  readonly sell: NaiveOrder[]
}

interface NaiveBalance {
  available: bigint
  held: bigint
}

/** What waits for the end of the order that caused it. */
type Queued =
  | { readonly order: NaiveOrder; readonly price: bigint }
  | { readonly list: NaiveList; readonly pending: readonly NaiveOrder[] }

/** What the events of a command say besides seq and time. */
type Said = EngineEvent extends infer Event
  ? Event extends EngineEvent
    ? Omit<Event, 'seq' | 'time'>
    : never
  : never

export interface NaiveState {
  readonly rules: Rules
  seqNext: number
  time: number
  events: EngineEvent[]
  readonly assets: Map<string, { readonly scale: number; total: bigint }>
  readonly markets: Map<string, NaiveMarket>
  readonly balances: Map<number, Map<string, NaiveBalance>>
  /** All that have not ended. */
  readonly orders: Set<NaiveOrder>
  readonly lists: Set<NaiveList>
  readonly accounts: Map<number, AccountSettings>
  /** By tier, then by market; `''` has the general terms. */
  readonly feeTiers: Map<number, Map<string, FeeTier>>
  readonly discounts: Map<string, Discount>
  readonly guards: Map<number, number>
  readonly queue: Queued[]
}

export function createState(rules: Rules): NaiveState {
  return {
    rules,
    seqNext: 1,
    time: 0,
    events: [],
    queue: [],
    assets: new Map(),
    markets: new Map(),
    balances: new Map(),
    accounts: new Map(),
    orders: new Set(),
    lists: new Set(),
    feeTiers: new Map(),
    discounts: new Map(),
    guards: new Map(),
  }
}

export function say(s: NaiveState, said: Said): void {
  s.events.push({ seq: s.seqNext, time: s.time, ...said } as EngineEvent)
  s.seqNext++
}

/** The account's balance in the asset, which it has from now on. */
export function balanceOf(s: NaiveState, account: number, asset: string): NaiveBalance {
  const balances = s.balances.get(account) ?? new Map<string, NaiveBalance>()
  s.balances.set(account, balances)
  const balance = balances.get(asset) ?? { available: 0n, held: 0n }
  balances.set(asset, balance)
  return balance
}

export function availableOf(s: NaiveState, account: number, asset: string): bigint {
  return s.balances.get(account)?.get(asset)?.available ?? 0n
}

export function settingsOf(s: NaiveState, account: number): AccountSettings {
  return s.accounts.get(account) ?? { account, feeTier: 0, tradeGroup: 0, discount: false }
}

/** The asset an order pays with. */
export function paidAsset({ side, market }: Pick<NaiveOrder, 'side' | 'market'>): string {
  return side === 'buy' ? market.terms.quote : market.terms.base
}

export function isTrigger({ type }: Pick<NaiveOrder, 'type'>): boolean {
  return type !== 'limit' && type !== 'market'
}
