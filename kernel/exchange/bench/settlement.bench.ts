/**
 * Trades settled into the ledger per second, and stored with their candles, from a backlog: the engine, MariaDB and
 * Redis are real, each trade is an entry of four postings. Seconds are wall time, on a machine that may be shared.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { silentLogger } from '../../broker/index.ts'
import { EngineLink, type KeyedCommand } from '../engine-link.ts'
import { eventually } from '../test/eventually.ts'
import { openExchangePlace } from '../test/exchange-place.ts'

const { values } = parseArgs({ options: { trades: { type: 'string', default: '20000' } } })
const trades = Number(values.trades)
const users = ['ann', 'ben', 'cas', 'dan']
const ROUND = 500

const place = await openExchangePlace()
for (const userId of users) await place.fund(userId, { BTC: '10000', USDT: '10000000' })
await place.exchange.stop()

const accounts = (await place.database('exchange_accounts').select('id')) as { id: number }[]
const link = new EngineLink({ socket: place.engine.socket, log: silentLogger })
const startOfFlow = performance.now()
for (let start = 0; start < trades; start += ROUND) {
  const commands = Array.from({ length: ROUND * 2 }, (_, index): KeyedCommand => {
    const number = start + (index >> 1)
    const isTaker = index % 2 === 1
    const account = accounts[(number + (isTaker ? 1 : 0)) % accounts.length]?.id ?? 1
    const side = (number & 1) === (isTaker ? 1 : 0) ? 'sell' : 'buy'
    const terms = {
      op: 'place',
      market: 'BTC-USDT',
      account,
      side,
      type: 'limit',
      timeInForce: 'GTC',
    } as const
    const id = `b${number}-${isTaker ? 't' : 'm'}`
    return { ...terms, id, price: `${100 + (number % 7)}.5`, quantity: '0.01', key: id }
  })
  await link.submitMany(commands)
}
const flowSeconds = (performance.now() - startOfFlow) / 1000
const seq = await link.seq()
link.close()

const startedAt = performance.now()
const seconds = new Map<string, number>()
const cpu = process.cpuUsage()
await place.restart()
await eventually(
  'everything is settled',
  async () => {
    const rows = (await place.database('exchange_checkpoints').select()) as { name: string; seq: string }[]
    for (const { name, seq: applied } of rows) {
      if (Number(applied) >= seq && !seconds.has(name))
        seconds.set(name, (performance.now() - startedAt) / 1000)
    }
    return seconds.size === rows.length
  },
  50,
)
const { user, system } = process.cpuUsage(cpu)
const checkedAt = performance.now()
const { balanced, entries } = await place.ledger.check()
const checkSeconds = (performance.now() - checkedAt) / 1000
if (!balanced) throw new Error('The ledger is not balanced.')
const settledIn = seconds.get('exchange.settlement') ?? 0
const storedIn = seconds.get('exchange.market_data') ?? 0

console.log(
  `settlement: ${trades} trades, ${entries} journal entries, ${cpus()[0]?.model}, Node ${process.version}`,
)
console.log(
  `orders durable in the engine   ${Math.round((trades * 2) / flowSeconds)
    .toString()
    .padStart(8)} /s`,
)
console.log(
  `trades settled in the ledger   ${Math.round(trades / settledIn)
    .toString()
    .padStart(8)} /s`,
)
console.log(
  `trades stored with candles     ${Math.round(trades / storedIn)
    .toString()
    .padStart(8)} /s`,
)
console.log(
  `our processor time a trade     ${Math.round((user + system) / trades)
    .toString()
    .padStart(8)} µs`,
)
console.log(`check of everything            ${checkSeconds.toFixed(2).padStart(8)} s`)
const figures = {
  settledPerSecond: Math.round(trades / settledIn),
  storedPerSecond: Math.round(trades / storedIn),
  checkSeconds: Number(checkSeconds.toFixed(2)),
}
console.log(JSON.stringify({ bench: 'settlement', figures }))
await place.close()
