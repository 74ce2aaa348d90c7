/**
 * The table language of the engine's scenarios. A command, then the events it must cause, all of them but `accepted` and
 * the start of a list; `play-command.ts` and `play-event.ts` have every form. Between them, questions about the state:
 *
 *   book sell S1 3@101, S2 1/5@102     all of a side, best first; an iceberg with what it shows / all its leaves
 *   waiting A B        pending C       last 100        1 has 900 USDT held 100
 */
import assert from 'node:assert/strict'
import type { MarketCommand } from '../messages/command.ts'
import type { Outcome } from '../messages/event.ts'
import { Tally } from './invariants.ts'
import { commandOf } from './play-command.ts'
import { describe, short } from './play-event.ts'
import type { Twin } from './twins.ts'

export const market: MarketCommand = {
  op: 'market',
  market: 'BTC-USDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  lotSize: '0.01',
  makerFeePpm: 0,
  takerFeePpm: 0,
}

/** What most scenarios begin with: one buyer and one seller with plenty. */
export const funded = `
  1 deposits 100000 USDT
  2 deposits 1000 BTC
`

/** A market that has traded at 100, with room on both sides of it. */
export const traded = `${funded}
  1 deposits 1000 BTC
  2 deposits 100000 USDT
  2 sells S0 1@100
  1 buys B0 1@100
    fill S0 1@100
`

/** Plays `table` on one engine and checks every line of it, and after each command what must always hold. */
export function play(twin: Twin, table: string, terms: Partial<MarketCommand> = {}): Outcome[] {
  const altered = { ...market, ...terms }
  const tally = new Tally()
  const outcomes: Outcome[] = []
  let due: string[] = []
  const run = (line: string): boolean => {
    const command = line === '' ? altered : commandOf(line, altered)
    if (!command) return false
    assert.deepEqual(due, [], `before "${line}" these also happened`)
    const outcome = twin.execute(command)
    outcomes.push(outcome)
    tally.add(outcome)
    tally.check(twin.dump())
    if (line !== '') due = outcome.events.map(describe).filter((said) => said !== undefined)
    return true
  }
  run('')
  for (const raw of table.split('\n')) {
    const line = raw.replace(/#.*/, '').trim().replace(/\s+/g, ' ')
    if (line === '' || run(line)) continue
    const answer = answerTo(twin, line)
    if (answer === undefined) assert.equal(due.shift(), line)
    else assert.equal(answer, line)
  }
  assert.deepEqual(due, [], 'at the end these also happened')
  return outcomes
}

/** The state's own version of a question, or undefined when the line is none. */
function answerTo(twin: Twin, line: string): string | undefined {
  const [first = '', second = ''] = line.split(' ')
  if (first === 'book') return bookOf(twin, second)
  if (first === 'waiting' || first === 'pending') {
    const those = twin.dump().orders.filter(({ status }) => status === first)
    return [first, ...those.map(({ id }) => id)].join(' ')
  }
  if (first === 'last') return `last ${short(twin.dump().markets[0]?.lastPrice ?? 'none')}`
  return second === 'has' ? balanceOf(twin, line) : undefined
}

function bookOf(twin: Twin, side: string): string {
  const orders = twin.dump().orders.filter((order) => order.side === side && order.status === 'open')
  const each = orders.map(({ id, leaves, shown, price }) => {
    const quantity = shown === undefined ? leaves : `${shown}/${leaves}`
    return `${id} ${quantity}@${short(price!)}`
  })
  return `book ${side} ${each.join(', ')}`.trim()
}

function balanceOf(twin: Twin, line: string): string {
  const [account = '', , , asset = ''] = line.split(' ')
  const found = twin.dump().balances.find((row) => row.account === Number(account) && row.asset === asset)
  return `${account} has ${found?.available ?? '0'} ${asset} held ${found?.held ?? '0'}`
}
