/**
 * The table language of the engine's scenarios. Commands, then the events they must cause, all of them but `accepted`:
 *
 *   1 deposits 1000 USDT          1 withdraws 5 USDT
 *   1 buys B1 12@101 [IOC|FOK|post] [key K]       1 buys B1 12@market
 *   1 cancels B1                  1 cancels all
 *   fill S2 5@100                 expired B1 2 immediate_or_cancel
 *   canceled B1 2                 rejected would_match          canceled all 3
 *   book sell S1 3@101, S2 1@102  (all of a side, best first)
 *   1 has 900 USDT held 100
 */
import assert from 'node:assert/strict'
import type { Command, MarketCommand } from '../messages/command.ts'
import type { EngineEvent, Outcome } from '../messages/event.ts'
import { assertConserved, type Twin } from './twins.ts'

export const market: MarketCommand = {
  ...{ op: 'market', market: 'BTC-USDT', base: 'BTC', quote: 'USDT' },
  ...{ tickSize: '0.01', lotSize: '0.01', makerFeePpm: 0, takerFeePpm: 0 },
}

function placeCommand(account: number, verb: string, words: readonly string[]): Command {
  const [id = '', what = '', ...flags] = words
  const [quantity = '', price = ''] = what.split('@')
  const side = verb === 'buys' ? 'buy' : 'sell'
  const keyAt = flags.indexOf('key')
  const key = keyAt < 0 ? {} : { key: flags[keyAt + 1]! }
  const common = { op: 'place', market: 'BTC-USDT', account, id, side, quantity, ...key } as const
  if (price === 'market') return { ...common, type: 'market' }
  const timeInForce = flags.includes('IOC') ? 'IOC' : flags.includes('FOK') ? 'FOK' : 'GTC'
  const isPost = flags.includes('post') && { postOnly: true }
  const isAny = flags.includes('any') && { anyNotional: true }
  return { ...common, type: 'limit', timeInForce, price, ...isPost, ...isAny }
}

function commandOf(line: string): Command | undefined {
  const [first = '', verb = '', ...words] = line.split(/\s+/)
  const account = Number(first)
  const [amount = '', asset = ''] = words
  switch (verb) {
    case 'deposits':
      return { op: 'deposit', account, asset, amount }
    case 'withdraws':
      return { op: 'withdraw', account, asset, amount }
    case 'buys':
    case 'sells':
      return placeCommand(account, verb, words)
    case 'cancels':
      if (words[0] === 'all') return { op: 'cancelAll', account }
      return { op: 'cancel', market: 'BTC-USDT', account, id: words[0]! }
    default:
      return undefined
  }
}

/** A decimal as the table writes it. */
function short(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal
}

function describe(event: EngineEvent): string | undefined {
  switch (event.event) {
    case 'trade':
      return `fill ${event.maker} ${event.quantity}@${short(event.price)}`
    case 'expired':
      return `expired ${event.id} ${event.leaves} ${event.reason}`
    case 'canceled':
      return `canceled ${event.id} ${event.leaves}`
    case 'canceledAll':
      return `canceled all ${event.canceled}`
    case 'rejected':
      return `rejected ${event.reason}`
    default:
      return undefined
  }
}

/** Plays `table` on one engine and checks every line of it, and that money was conserved. */
export function play(twin: Twin, table: string, terms: Partial<MarketCommand> = {}): Outcome[] {
  const outcomes = [twin.execute({ ...market, ...terms })]
  let due: string[] = []
  for (const raw of table.split('\n')) {
    const line = raw.replace(/#.*/, '').trim().replace(/\s+/g, ' ')
    if (line === '') continue
    const command = commandOf(line)
    if (command) {
      assert.deepEqual(due, [], `before "${line}" these also happened`)
      const outcome = twin.execute(command)
      outcomes.push(outcome)
      due = outcome.events.map(describe).filter((said) => said !== undefined)
    } else if (line.startsWith('book ')) {
      assert.equal(bookOf(twin, line.split(' ')[1]!), line)
    } else if (/^\d+ has /.test(line)) {
      assert.equal(balanceOf(twin, line), line)
    } else {
      assert.equal(due.shift(), line)
    }
  }
  assert.deepEqual(due, [], 'at the end these also happened')
  assertConserved(twin.dump(), outcomes)
  return outcomes
}

function bookOf(twin: Twin, side: string): string {
  const orders = twin.dump().orders.filter((order) => order.side === side)
  return `book ${side} ${orders.map(({ id, leaves, price }) => `${id} ${leaves}@${short(price)}`).join(', ')}`.trim()
}

function balanceOf(twin: Twin, line: string): string {
  const [account = '', , , asset = ''] = line.split(' ')
  const found = twin.dump().balances.find((row) => row.account === Number(account) && row.asset === asset)
  return `${account} has ${found?.available ?? '0'} ${asset} held ${found?.held ?? '0'}`
}
