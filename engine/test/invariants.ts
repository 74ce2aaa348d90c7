/** What must hold of an engine after every command, whatever the command was. */
import assert from 'node:assert/strict'
import type { StateDump } from '../core/state-hash.ts'
import type { MarketReading, OpenOrder } from '../core/reads.ts'
import type { EngineEvent, Outcome } from '../messages/event.ts'
import { divideUp, exact, greatest, multiply, show } from '../naive/decimal.ts'

/** What the events so far say there must be. */
export class Tally {
  readonly #deposited = new Map<string, bigint>()
  readonly #filled = new Map<number, bigint>()
  readonly #lastPrices = new Map<string, bigint>()
  /** The last price when a trailing order began to wait. */
  readonly #references = new Map<number, bigint>()

  add({ events, duplicate }: Outcome): void {
    if (!duplicate) for (const event of events) this.#count(event)
  }

  #count(event: EngineEvent): void {
    switch (event.event) {
      case 'deposited':
        return this.#deposit(event.asset, exact(event.amount))
      case 'withdrawn':
        return this.#deposit(event.asset, -exact(event.amount))
      case 'accepted':
      case 'activated':
        return this.#refer(event.market, event.order)
      case 'trade':
        this.#lastPrices.set(event.market, exact(event.price))
        for (const order of [event.takerOrder, event.makerOrder]) {
          this.#filled.set(order, (this.#filled.get(order) ?? 0n) + exact(event.quantity))
        }
        return
      default:
    }
  }

  #deposit(asset: string, amount: bigint): void {
    this.#deposited.set(asset, (this.#deposited.get(asset) ?? 0n) + amount)
  }

  #refer(market: string, order: number): void {
    const last = this.#lastPrices.get(market)
    if (last !== undefined) this.#references.set(order, last)
  }

  /** Nothing is created or destroyed, and what is held is what open and waiting orders need. */
  check(dump: StateDump): void {
    const held = this.#needs(dump)
    const there = new Map<string, bigint>()
    for (const balance of dump.balances) {
      const { account, asset } = balance
      const whose = `account ${account} in ${asset}`
      assert.ok(!balance.available.startsWith('-'), `${whose} has ${balance.available}`)
      assert.equal(balance.held, show(held.get(`${account} ${asset}`) ?? 0n), `held by ${whose}`)
      there.set(asset, (there.get(asset) ?? 0n) + exact(balance.available) + exact(balance.held))
    }
    for (const [asset, amount] of this.#deposited) {
      assert.equal(show(there.get(asset) ?? 0n), show(amount), `all ${asset}`)
    }
    for (const order of dump.orders) this.#checkQuantity(order)
    for (const market of dump.markets) checkBook(market, dump.orders)
    checkLists(dump)
  }

  #checkQuantity({ order, quantity, leaves, prevented, quoteQuantity }: OpenOrder): void {
    const filled = this.#filled.get(order) ?? 0n
    assert.equal(show(filled + exact(prevented) + exact(leaves)), quantity, `the parts of order ${order}`)
    if (quoteQuantity === undefined) assert.notEqual(leaves, '0', `leaves of order ${order}`)
  }

  /** By account and asset; of a pair the larger leg. */
  #needs({ orders, markets, lists }: StateDump): Map<string, bigint> {
    const needs = new Map<string, bigint>()
    const legs = new Map<string, bigint>()
    for (const order of orders) {
      if (order.status === 'pending') continue
      const { terms, amount } = this.#needOf(order, markets)
      const holder = `${order.account} ${order.side === 'buy' ? terms.quote : terms.base}`
      const list = lists.find(({ list }) => list === order.list)
      const isLeg = list !== undefined && this.#isLeg(order, list.kind, list.orders)
      const before = isLeg ? (legs.get(`${list.list}`) ?? 0n) : 0n
      if (isLeg) legs.set(`${list.list}`, greatest(before, amount))
      needs.set(holder, (needs.get(holder) ?? 0n) + greatest(before, amount) - before)
    }
    return needs
  }

  /** The working order of an OTOCO holds for itself. */
  #isLeg({ status }: OpenOrder, kind: string, orders: readonly number[]): boolean {
    return kind === 'oco' || (kind === 'otoco' && (status === 'waiting' || orders.length < 3))
  }

  #needOf(order: OpenOrder, markets: readonly MarketReading[]): { terms: MarketReading; amount: bigint } {
    const terms = markets.find(({ market }) => market === order.market)!
    const leaves = exact(order.leaves)
    if (order.side === 'sell') return { terms, amount: leaves }
    const price = order.price ?? order.triggerPrice
    if (price !== undefined) return { terms, amount: multiply(exact(price), leaves) }
    const trail = this.#references.get(order.order)! * BigInt(10_000 + order.trailingBips!)
    return { terms, amount: multiply(divideUp(trail, 10_000n, exact(terms.tickSize)), leaves) }
  }
}

function checkBook({ market, state }: MarketReading, orders: readonly OpenOrder[]): void {
  const open = orders.filter((order) => order.market === market && order.status === 'open')
  const bids = open.filter(({ side }) => side === 'buy').map(({ price }) => exact(price!))
  const asks = open.filter(({ side }) => side === 'sell').map(({ price }) => exact(price!))
  assert.deepEqual(
    bids,
    bids.toSorted((a, b) => Number(b - a)),
    `bids of ${market} in order`,
  )
  assert.deepEqual(
    asks,
    asks.toSorted((a, b) => Number(a - b)),
    `asks of ${market} in order`,
  )
  if (state !== 'trading' || bids.length === 0 || asks.length === 0) return
  assert.ok(bids[0]! < asks[0]!, `${market} trades and its book is crossed`)
}

function checkLists({ orders, lists }: StateDump): void {
  for (const { list, orders: listed } of lists) {
    const those = orders.filter((order) => order.list === list).map(({ order }) => order)
    assert.deepEqual(
      those.toSorted((a, b) => a - b),
      [...listed],
      `orders of list ${list}`,
    )
  }
}
