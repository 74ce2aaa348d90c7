import {
  compareDecimals,
  notional,
  share,
  subtractDecimals,
  addDecimals,
  toMultiple,
  quantityFor,
} from '../routes/market-rules.ts'
import type { Market } from '../routes/markets.ts'

export interface Quote {
  readonly side: 'buy' | 'sell'
  readonly price: string
  readonly quantity: string
}

export interface RestingQuote extends Quote {
  readonly orderId: string
}

export interface LadderRequest {
  readonly market: Pick<Market, 'tickSize' | 'lotSize' | 'notionalMin'>
  /** The price around which is quoted, before the skew. */
  readonly reference: string
  readonly levels: number
  /** Distance between best bid and best ask. */
  readonly spreadPpm: number
  /** Distance between two levels of one side. */
  readonly stepPpm: number
  /** Value of the first level, in the quote asset; each further one is larger by half of it. */
  readonly levelNotional: string
  /** Moves both sides: negative when the maker holds more of the base asset than it wants. */
  readonly skewPpm: number
}

const MILLION = 1_000_000

/** A price moved by millionths of itself. */
export function shifted(price: string, ppm: number): string {
  const distance = share(price, Math.abs(ppm), 'down')
  return ppm < 0 ? subtractDecimals(price, distance) : addDecimals(price, distance)
}

type Side = Quote['side']

/** On the market's tick, away from the mid price, and at least one tick beyond the level before. */
function levelPrice(raw: string, side: Side, tickSize: string, before: string | undefined): string {
  if (side === 'buy') {
    const price = toMultiple(raw, tickSize, 'down')
    return before && compareDecimals(price, before) >= 0 ? subtractDecimals(before, tickSize) : price
  }
  const price = toMultiple(raw, tickSize, 'up')
  return before && compareDecimals(price, before) <= 0 ? addDecimals(before, tickSize) : price
}

function quotesOf(side: Side, request: LadderRequest): readonly Quote[] {
  const { market, levels, spreadPpm, stepPpm } = request
  const mid = shifted(request.reference, request.skewPpm)
  const quotes: Quote[] = []
  for (let level = 0; level < levels; level++) {
    const distance = Math.ceil(spreadPpm / 2) + level * stepPpm
    const raw = shifted(mid, side === 'buy' ? -distance : distance)
    const price = levelPrice(raw, side, market.tickSize, quotes.at(-1)?.price)
    if (compareDecimals(price, '0') <= 0) break
    const value = share(request.levelNotional, MILLION + (level * MILLION) / 2, 'down')
    const quantity = toMultiple(quantityFor(value, price), market.lotSize, 'down')
    if (compareDecimals(notional(price, quantity), market.notionalMin) >= 0) {
      quotes.push({ side, price, quantity })
    }
  }
  return quotes
}

/** The quotes a maker wants to have resting, best first. Bids round down and asks up, so that they never meet. */
export function quoteLadder(request: LadderRequest): readonly Quote[] {
  return [...quotesOf('buy', request), ...quotesOf('sell', request)]
}

/**
 * How far quotes move for what the maker holds: fully down when it holds twice its target, fully up when nothing.
 * In whole steps, so that a small trade does not move every quote.
 */
export function skewPpmFor(inventory: string, target: string, skewMaxPpm: number, stepPpm: number): number {
  const heldPpm = ratioPpm(inventory, target)
  const excess = Math.max(-MILLION, Math.min(MILLION, heldPpm - MILLION))
  const skew = -(excess * skewMaxPpm) / MILLION
  const steps = Math.trunc(skew / stepPpm)
  return steps === 0 ? 0 : steps * stepPpm
}

function ratioPpm(value: string, base: string): number {
  const ratio = quantityFor(value, base)
  const [whole = '0', fraction = ''] = ratio.split('.')
  return Number(whole) * MILLION + Number(fraction.padEnd(6, '0').slice(0, 6))
}

export interface Requote {
  readonly cancel: readonly RestingQuote[]
  readonly place: readonly Quote[]
}

/**
 * What turns the resting quotes into the wanted ones. A quote stays while price is right and at least half of it is
 * left; of two at one price only the first stays. Cancels come before places, or own quotes could meet.
 */
export function requote(resting: readonly RestingQuote[], wanted: readonly Quote[]): Requote {
  const open = new Map(wanted.map((quote) => [`${quote.side} ${quote.price}`, quote]))
  const cancel: RestingQuote[] = []
  for (const quote of resting) {
    const key = `${quote.side} ${quote.price}`
    const match = open.get(key)
    if (match && compareDecimals(addDecimals(quote.quantity, quote.quantity), match.quantity) >= 0) {
      open.delete(key)
    } else {
      cancel.push(quote)
    }
  }
  return { cancel, place: [...open.values()] }
}
