import { seeded } from '../bench/random.ts'
import type { Command } from '../messages/command.ts'

/** Two markets over three assets with awkward sizes and fees, few accounts, and often too little money. */
export function randomCommands(seed: number, count: number): Command[] {
  const random = seeded(seed)
  const below = (end: number): number => random() % end
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)]!
  const markets = [
    { market: 'BTC-USDT', base: 'BTC', quote: 'USDT', tickSize: '0.25', lotSize: '0.003', quoteScale: 6 },
    { market: 'ETH-BTC', base: 'ETH', quote: 'BTC', tickSize: '0.0007', lotSize: '0.01' },
  ]
  const fees = (): { makerFeePpm: number; takerFeePpm: number } => ({
    makerFeePpm: pick([0, 513, 999_999]),
    takerFeePpm: pick([0, 1037, 1]),
  })
  const keyed = (): { key?: string } => (below(5) === 0 ? { key: `k${below(40)}` } : {})
  const one = (n: number): Command => {
    const account = 1 + below(5)
    const id = `c${below(30)}`
    const place = pick(markets)
    const named = { market: below(200) === 0 ? 'NO-SUCH' : place.market, account, id }
    const dice = below(100)
    if (dice < 1) {
      return {
        op: 'market',
        ...place,
        ...fees(),
        state: below(8) === 0 ? 'halted' : 'trading',
        notionalMin: pick(['0', '0.5']),
      }
    }
    if (dice < 9) {
      const amount = pick(['0.00000001', '10', '1000.5', '0', '12.3456789'])
      return {
        op: pick(['deposit', 'withdraw'] as const),
        account,
        asset: pick(['BTC', 'USDT', 'ETH']),
        amount,
        ...keyed(),
      }
    }
    if (dice < 11) {
      const scale = pick([0, 2, 8])
      return { op: 'deposit', account, asset: pick(['BTC', 'SOL', 'XRP']), amount: '7.5', scale, ...keyed() }
    }
    if (dice < 25) return { op: 'cancel', ...named, ...keyed() }
    if (dice < 27) return { op: 'cancel', market: place.market, account, order: 1 + below(n + 1) }
    if (dice < 28)
      return { op: 'cancelAll', account, ...(below(2) === 0 && { market: named.market }), ...keyed() }
    const off = below(40) === 0 ? '1' : ''
    const lots = 1 + below(60)
    const quantity =
      place.base === 'BTC' ? `${(lots * 0.003).toFixed(3)}${off}` : `${(lots * 0.01).toFixed(2)}${off}`
    const order = {
      op: 'place',
      ...named,
      side: pick(['buy', 'sell'] as const),
      quantity,
      ...keyed(),
    } as const
    if (below(8) === 0) return { ...order, type: 'market' }
    const ticks = 100 + below(14)
    const price = place.base === 'BTC' ? `${(ticks * 0.25).toFixed(2)}${off}` : (ticks * 0.0007).toFixed(4)
    const timeInForce = pick(['GTC', 'GTC', 'GTC', 'IOC', 'FOK'] as const)
    const isPost = below(6) === 0 && { postOnly: true }
    const isAny = below(9) === 0 && { anyNotional: true }
    return { ...order, type: 'limit', timeInForce, price, ...isPost, ...isAny }
  }
  const opened: Command[] = markets.map((terms) => ({ op: 'market', ...terms, ...fees() }))
  const funded: Command[] = [1, 2, 3].flatMap((account) =>
    ['BTC', 'USDT', 'ETH'].map((asset) => ({ op: 'deposit', account, asset, amount: '200' }) as const),
  )
  const commands = [...opened, ...funded]
  // Now and then a recent command comes again, as it does when its answer was lost.
  for (let n = 0; n < count; n++) commands.push(below(20) === 0 ? commands.at(-1 - below(9))! : one(n))
  return commands
}
