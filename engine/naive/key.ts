/** Idempotency keys: what was asked under each, and what was answered. */
import type { Command } from '../messages/command.ts'
import type { EngineEvent } from '../messages/event.ts'
import type { MarketTerms } from '../messages/market.ts'
import { amountEnd, countOf, exact, show, ticksEnd } from './decimal.ts'
import type { NaiveState } from './state.ts'

interface Remembered {
  readonly content: string
  readonly seq: number
  readonly events: readonly EngineEvent[]
}

const forever: readonly Command['op'][] = [
  ...(['market', 'deposit', 'withdraw', 'transfer'] as const),
  ...(['account', 'feeTier', 'discount', 'guard'] as const),
]

/** Keys of money and settings are kept for ever, those of orders in a window of the latest. */
export class KeyMemory {
  readonly #forever = new Map<string, Remembered>()
  readonly #recent = new Map<string, Remembered>()
  readonly #recentMax: number

  constructor(recentMax: number) {
    this.#recentMax = recentMax
  }

  #of({ op }: Command): Map<string, Remembered> {
    return forever.includes(op) ? this.#forever : this.#recent
  }

  find(command: Command): Remembered | undefined {
    return this.#of(command).get(nameOf(command))
  }

  add(command: Command, remembered: Remembered): void {
    this.#of(command).set(nameOf(command), remembered)
    if (this.#recent.size > this.#recentMax) this.#recent.delete(this.#recent.keys().next().value!)
  }
}

/** Keys are private to the account that sent them. */
function nameOf(command: Command): string {
  const account = 'account' in command ? command.account : 'from' in command ? command.from : 0
  return `${account} ${command.key}`
}

/** What the command asks for, however its decimals are written and whatever time it came. */
export function contentOf(s: NaiveState, command: Command): string {
  const { key: _key, time: _time, ...asked } = command
  if (command.op === 'market') return JSON.stringify(asked)
  const name = 'market' in command ? command.market : undefined
  const terms = s.markets.get(name ?? '')?.terms
  // A command for a market that is not known yet names it, and is another one than for the market that it becomes.
  return JSON.stringify([terms !== undefined, normal('', asked, terms)])
}

/** A field's value, the same for all ways to write it. What is off the market's grid, or out of range, is all one. */
function normal(name: string, value: unknown, terms: MarketTerms | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => normal('', item, terms))
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(
      ([field, inner]) => [field, normal(field, inner, terms)] as const,
    )
    return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)))
  }
  if (name === 'postOnly' || name === 'anyNotional') return value === false ? undefined : value
  if (name === 'reason') return value === 'cancel_all' ? undefined : value
  if (typeof value !== 'string') return value
  const count = (step: string | undefined, end: bigint): string => {
    const steps = step === undefined ? 'unknown' : countOf(exact(value), step, end)
    return steps === 0n ? 'beyond' : String(steps)
  }
  if (name === 'price' || name === 'triggerPrice') return count(terms?.tickSize, ticksEnd)
  if (name === 'quantity' || name === 'displayQuantity') return count(terms?.lotSize, amountEnd)
  const isDecimal = name === 'amount' || name === 'rate' || name === 'quoteQuantity'
  return isDecimal ? show(exact(value)) : value
}
