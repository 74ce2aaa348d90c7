/**
 * The engine again, as plainly as it can be said: strings in, big integers inside, arrays and maps. It is what the fast
 * one is compared with, so it shares none of its arithmetic, memory, record formats or indexes.
 */
import type {
  CancelAllCommand,
  CancelCommand,
  Command,
  MarketCommand,
  PlaceLimitCommand,
  PlaceMarketCommand,
  TransferCommand,
} from '../messages/command.ts'
import { marketFrom, termsOf } from '../core/engine.ts'
import type { EngineEvent, Outcome, Reason } from '../messages/event.ts'
import {
  amountEnd,
  amountRefusal,
  crosses,
  describeTrade,
  exact,
  feeOn,
  insertOrder,
  multiply,
  opposite,
  reachable,
  show,
  showPrice,
  stepsIn,
  unitsIn,
  type NaiveMarket,
  type NaiveOrder,
} from './naive-book.ts'
import type { Balance, OpenOrder } from '../core/reads.ts'
import type { StateDump } from '../core/state-hash.ts'

const cancelAllMax = 1000

interface NaiveBalance {
  available: bigint
  held: bigint
}

interface Remembered {
  readonly content: string
  readonly seq: number
  readonly events: readonly EngineEvent[]
}

type Place = PlaceLimitCommand | PlaceMarketCommand
/** What the events of a command say besides seq and time. */
type Said = EngineEvent extends infer Event
  ? Event extends EngineEvent
    ? Omit<Event, 'seq' | 'time'>
    : never
  : never

export class NaiveEngine {
  readonly #keysMax: number
  readonly #assets = new Map<string, { scale: number; total: bigint }>()
  readonly #markets = new Map<string, NaiveMarket>()
  readonly #balances = new Map<number, Map<string, NaiveBalance>>()
  readonly #keysForever = new Map<string, Remembered>()
  readonly #keysRecent = new Map<string, Remembered>()
  #seqNext = 1
  #time = 0
  #events: EngineEvent[] = []

  constructor({ keys }: { keys: number }) {
    this.#keysMax = keys
  }

  execute(command: Command): Outcome {
    this.#events = []
    this.#time = command.time ?? 0
    const seq = this.#seqNext
    if (command.key === undefined) {
      this.#run(command)
      return { seq, events: this.#events, duplicate: false }
    }
    const isForever = command.op === 'market' || command.op === 'deposit' || command.op === 'withdraw'
    const keys = isForever ? this.#keysForever : this.#keysRecent
    const key = `${'account' in command ? command.account : 0} ${command.key}`
    const content = this.#contentOf(command)
    const known = keys.get(key)
    if (known && known.content === content) return { seq: known.seq, events: [], duplicate: true }
    if (known) {
      this.#reject(command, 'idempotency_conflict')
      return { seq, events: this.#events, duplicate: false }
    }
    this.#run(command)
    keys.set(key, { content, seq, events: this.#events })
    if (!isForever && keys.size > this.#keysMax) keys.delete(keys.keys().next().value!)
    return { seq, events: this.#events, duplicate: false }
  }

  /** What the command asks for, apart from how its decimals are written. */
  #contentOf(command: Command): string {
    const { key: _key, time: _time, ...content } = command
    if (command.op === 'deposit' || command.op === 'withdraw') {
      return JSON.stringify({ ...content, amount: show(exact(command.amount)) })
    }
    if (command.op !== 'place') return JSON.stringify(content)
    const market = this.#markets.get(command.market)
    const lots = market ? stepsIn(command.quantity, market.terms.lotSize) : 'unknown'
    const ticks = market && command.type === 'limit' ? stepsIn(command.price, market.terms.tickSize) : 'none'
    return JSON.stringify({ ...content, quantity: String(lots), price: String(ticks) })
  }

  #run(command: Command): void {
    switch (command.op) {
      case 'market':
        return this.#market(command)
      case 'deposit':
        return this.#deposit(command)
      case 'withdraw':
        return this.#withdraw(command)
      case 'place':
        return this.#place(command)
      case 'cancel':
        return this.#cancel(command)
      case 'cancelAll':
        return this.#cancelAll(command)
    }
  }

  #say(said: Said): void {
    this.#events.push({ seq: this.#seqNext, time: this.#time, ...said } as EngineEvent)
    this.#seqNext++
  }

  #reject(command: Command, reason: Reason): void {
    const { op } = command
    this.#say({
      event: 'rejected',
      op,
      ...('market' in command && command.market !== undefined && { market: command.market }),
      ...('asset' in command && { asset: command.asset }),
      ...('account' in command && { account: command.account }),
      ...('id' in command && command.id !== undefined && { id: command.id }),
      ...('order' in command &&
        command.order !== undefined &&
        reason !== 'market_not_found' && { order: command.order }),
      reason,
    })
  }

  #balance(account: number, asset: string): NaiveBalance {
    const balances = this.#balances.get(account) ?? new Map<string, NaiveBalance>()
    this.#balances.set(account, balances)
    const balance = balances.get(asset) ?? { available: 0n, held: 0n }
    balances.set(asset, balance)
    return balance
  }

  #available(account: number, asset: string): bigint {
    return this.#balances.get(account)?.get(asset)?.available ?? 0n
  }

  #market(command: MarketCommand): void {
    const known = this.#markets.get(command.market)
    const scaleOf = (asset: string): number | undefined => this.#assets.get(asset)?.scale
    const terms = termsOf(command, scaleOf, known?.terms)
    const made = marketFrom(terms, 0, scaleOf, known?.terms)
    if (typeof made === 'string') return this.#reject(command, made)
    if (known) known.terms = terms
    else this.#markets.set(command.market, { terms, buy: [], sell: [] })
    for (const [asset, scale] of [
      [terms.base, terms.baseScale],
      [terms.quote, terms.quoteScale],
    ] as const) {
      if (!this.#assets.has(asset)) this.#assets.set(asset, { scale, total: 0n })
      this.#balance(0, asset)
    }
    this.#say({ event: 'market', ...terms })
  }

  #deposit(command: TransferCommand): void {
    const { account, asset } = command
    const amount = exact(command.amount)
    const { scale, total } = this.#assets.get(asset) ?? { scale: command.scale ?? 8, total: 0n }
    if ((command.scale ?? scale) !== scale) return this.#reject(command, 'scale_must_match')
    const refusal = amountRefusal(amount, scale)
    if (refusal) return this.#reject(command, refusal)
    if (unitsIn(total + amount, scale)! >= amountEnd) return this.#reject(command, 'overflow')
    this.#assets.set(asset, { scale, total: total + amount })
    this.#balance(account, asset).available += amount
    this.#say({ event: 'deposited', account, asset, amount: show(amount) })
  }

  #withdraw(command: TransferCommand): void {
    const { account, asset } = command
    const amount = exact(command.amount)
    const known = this.#assets.get(asset)
    const refusal = amountRefusal(amount, known?.scale ?? 8)
    if (refusal) return this.#reject(command, refusal)
    if (!known || this.#available(account, asset) < amount) return this.#reject(command, 'insufficient_funds')
    known.total -= amount
    this.#balance(account, asset).available -= amount
    this.#say({ event: 'withdrawn', account, asset, amount: show(amount) })
  }

  #place(command: Place): void {
    const market = this.#markets.get(command.market)
    if (!market) return this.#reject(command, 'market_not_found')
    const refusal = this.#refusalOfTerms(command, market) ?? this.#refusalOfMeans(command, market)
    if (refusal) return this.#reject(command, refusal)
    const { account, id, side, type } = command
    const { base, quote } = market.terms
    this.#balance(account, base)
    this.#balance(account, quote)
    const quantity = exact(command.quantity)
    const limit = command.type === 'limit' ? exact(command.price) : undefined
    const order: NaiveOrder = {
      ...{ order: this.#seqNext, id, account, market, side, quantity },
      price: limit ?? 0n,
      leaves: quantity,
    }
    const named = { market: command.market, account, id, order: order.order, side }
    const text = show(quantity)
    if (command.type === 'market') this.#say({ ...named, event: 'accepted', type: 'market', quantity: text })
    else {
      const { timeInForce } = command
      const price = showPrice(market, order.price)
      const accepted = {
        ...named,
        event: 'accepted',
        type: 'limit',
        timeInForce,
        price,
        quantity: text,
      } as const
      this.#say(command.postOnly ? { ...accepted, postOnly: true } : accepted)
    }

    const fills = reachable(market, side, { limit, quantity })
    const filled = fills.reduce((sum, fill) => sum + fill.quantity, 0n)
    const isKilled = command.type === 'limit' && command.timeInForce === 'FOK' && filled < quantity
    if (!isKilled) for (const fill of fills) this.#trade(order, fill.maker, fill.quantity)
    if (order.leaves === 0n) return
    if (command.type === 'limit' && command.timeInForce === 'GTC') return this.#rest(order)
    const reason = type === 'market' ? 'no_liquidity' : isKilled ? 'fill_or_kill' : 'immediate_or_cancel'
    this.#say({ ...named, event: 'expired', leaves: show(order.leaves), reason })
  }

  #refusalOfTerms(command: Place, market: NaiveMarket): Reason | undefined {
    const { terms } = market
    if (terms.state === 'halted') return 'market_halted'
    let price = opposite(market, command.side)[0]?.price
    if (command.type === 'limit') {
      const ticks = stepsIn(command.price, terms.tickSize)
      if (ticks === undefined) return 'price_off_tick'
      if (ticks === 0n || ticks >= 2n ** 30n) return 'price_out_of_range'
      if (command.postOnly && command.timeInForce !== 'GTC') return 'post_only_must_be_gtc'
      price = exact(command.price)
    }
    const lots = stepsIn(command.quantity, terms.lotSize)
    if (lots === undefined) return 'quantity_off_lot'
    if (lots === 0n || lots >= amountEnd) return 'quantity_out_of_range'
    const quantity = exact(command.quantity)
    const notional = price === undefined ? undefined : multiply(price, quantity)
    if (command.type === 'limit' && unitsIn(notional!, terms.quoteScale)! >= amountEnd) return 'overflow'
    if (unitsIn(quantity, terms.baseScale)! >= amountEnd) return 'overflow'
    const isMeasured = notional !== undefined && !(command.type === 'limit' && command.anyNotional)
    if (isMeasured && notional < exact(terms.notionalMin)) return 'notional_below_min'
    return this.#find(command.account, command.id) ? 'duplicate_id' : undefined
  }

  #refusalOfMeans(command: Place, market: NaiveMarket): Reason | undefined {
    const { account, side } = command
    const quantity = exact(command.quantity)
    const limit = command.type === 'limit' ? exact(command.price) : undefined
    const sweep = (): bigint =>
      reachable(market, side, { limit, quantity }).reduce(
        (sum, fill) => sum + multiply(fill.maker.price, fill.quantity),
        0n,
      )
    const cost = side === 'sell' ? quantity : limit === undefined ? sweep() : multiply(limit, quantity)
    const asset = side === 'sell' ? market.terms.base : market.terms.quote
    if (this.#available(account, asset) < cost) return 'insufficient_funds'
    const best = opposite(market, side)[0]
    const wouldMatch = best !== undefined && crosses(side, limit, best.price)
    return command.type === 'limit' && command.postOnly && wouldMatch ? 'would_match' : undefined
  }

  #trade(taker: NaiveOrder, maker: NaiveOrder, quantity: bigint): void {
    const { market, side: takerSide } = taker
    const { base, quote, baseScale, quoteScale, takerFeePpm, makerFeePpm } = market.terms
    const notional = multiply(maker.price, quantity)
    const isBuy = takerSide === 'buy'
    const takerFee = isBuy
      ? feeOn(quantity, takerFeePpm, baseScale)
      : feeOn(notional, takerFeePpm, quoteScale)
    const makerFee = isBuy
      ? feeOn(notional, makerFeePpm, quoteScale)
      : feeOn(quantity, makerFeePpm, baseScale)
    const [paid, received] = isBuy ? [quote, base] : [base, quote]
    this.#balance(taker.account, paid).available -= isBuy ? notional : quantity
    this.#balance(taker.account, received).available += (isBuy ? quantity : notional) - takerFee
    this.#balance(maker.account, received).held -= isBuy ? quantity : notional
    this.#balance(maker.account, paid).available += (isBuy ? notional : quantity) - makerFee
    this.#balance(0, received).available += takerFee
    this.#balance(0, paid).available += makerFee
    taker.leaves -= quantity
    maker.leaves -= quantity
    if (maker.leaves === 0n) opposite(market, takerSide).shift()
    this.#say(describeTrade({ taker, maker, quantity, takerFee, makerFee }))
  }

  #rest(order: NaiveOrder): void {
    this.#hold(order, order.side === 'buy' ? multiply(order.price, order.leaves) : order.leaves)
    insertOrder(order)
  }

  #hold({ account, side, market }: NaiveOrder, amount: bigint): void {
    const balance = this.#balance(account, side === 'buy' ? market.terms.quote : market.terms.base)
    balance.available -= amount
    balance.held += amount
  }

  #find(account: number, id: string): NaiveOrder | undefined {
    return this.#orders().find((order) => order.account === account && order.id === id)
  }

  #orders(): NaiveOrder[] {
    return [...this.#markets.values()].flatMap(({ buy, sell }) => [...buy, ...sell])
  }

  #cancel(command: CancelCommand): void {
    const market = this.#markets.get(command.market)
    if (!market) return this.#reject(command, 'market_not_found')
    const order = this.#orders().find(
      (open) =>
        open.account === command.account &&
        open.market === market &&
        (command.order === undefined ? open.id === command.id : open.order === command.order),
    )
    if (!order) return this.#reject(command, 'order_not_found')
    this.#remove(order, 'requested')
  }

  #remove(order: NaiveOrder, reason: 'requested' | 'cancel_all'): void {
    const { market, account, id, side, leaves, price } = order
    const orders = market[side]
    orders.splice(orders.indexOf(order), 1)
    this.#hold(order, -(side === 'buy' ? multiply(price, leaves) : leaves))
    const named = { market: market.terms.market, account, id, order: order.order, side }
    this.#say({ ...named, event: 'canceled', price: showPrice(market, price), leaves: show(leaves), reason })
  }

  #cancelAll(command: CancelAllCommand): void {
    const { account, market } = command
    if (market !== undefined && !this.#markets.has(market)) return this.#reject(command, 'market_not_found')
    const open = this.#orders()
      .filter(
        (order) =>
          order.account === account && (market ?? order.market.terms.market) === order.market.terms.market,
      )
      .sort((a, b) => a.order - b.order)
    const assets = [...(this.#balances.get(account)?.keys() ?? [])]
    const byAsset = assets.flatMap((asset) =>
      open.filter(({ side, market: { terms } }) => (side === 'buy' ? terms.quote : terms.base) === asset),
    )
    const canceled = byAsset.slice(0, cancelAllMax)
    for (const order of canceled) this.#remove(order, 'cancel_all')
    const left = byAsset.length - canceled.length
    this.#say({
      event: 'canceledAll',
      account,
      ...(market !== undefined && { market }),
      canceled: canceled.length,
      left,
    })
  }

  dump(): StateDump {
    const balances: Balance[] = [...this.#balances].flatMap(([account, assets]) =>
      [...assets].map(([asset, { available, held }]) => ({
        account,
        asset,
        available: show(available),
        held: show(held),
      })),
    )
    const orders: OpenOrder[] = this.#orders().map(
      ({ order, id, market, account, side, price, quantity, leaves }) => ({
        ...{ order, id, market: market.terms.market, account, side },
        price: showPrice(market, price),
        quantity: show(quantity),
        leaves: show(leaves),
      }),
    )
    return {
      seqNext: this.#seqNext,
      markets: [...this.#markets.values()].map(({ terms }) => terms),
      balances,
      orders,
    }
  }
}
