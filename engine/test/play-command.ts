/**
 * Commands as the scenarios write them:
 *
 *   1 deposits 1000 USDT             1 withdraws 5 USDT              1 transfers 5 USDT to 2
 *   1 buys B1 12@101 FLAGS           1 buys B1 12@market             1 sells S1 receiving 100, 1 buys B1 spending 100
 *   1 sells S1 2@stop 90             1 sells S1 2@takeProfit 110     1 buys B1 2@106 stop 105
 *   1 sells S1 2@stop trails 500     1 sells S1 2@stop 95 trails 500
 *   1 lists L1 oco: sells A 1@110 | sells B 1@stop 90
 *   1 amends B1 2@99, 1 amends B1 2, 1 amends B1 @99
 *   1 replaces B1 buys B2 2@99 FLAGS [anyhow]
 *   1 cancels B1                     1 cancels list L1               1 cancels all
 *   1 sets feeTier 2, 1 sets tradeGroup 5, 1 sets discount true      1 guards 7
 *   market state preOpen notionalMin 10      clock 500               tier 2 maker 5 taker 10
 *   tier 2 in BTC-USDT maker 5 taker 10              discount USDT in BNB rate 0.5 less 250000
 *
 * FLAGS: IOC, FOK, GTD TIME, post, any, shows QUANTITY, stp MODE. After any command: key KEY, at TIME.
 */
import type {
  Command,
  MarketCommand,
  PlaceTerms,
  SelfTradePrevention,
  Side,
  TimeInForce,
} from '../messages/command.ts'

type Words = string[]

/** Takes `name` and the word after it out of `words`. */
function take(words: Words, name: string): string | undefined {
  const position = words.indexOf(name)
  return position < 0 ? undefined : words.splice(position, 2)[1]
}

function has(words: Words, name: string): boolean {
  const position = words.indexOf(name)
  if (position >= 0) words.splice(position, 1)
  return position >= 0
}

/** The object without the fields that are undefined, which no command has. */
function given<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

function numberAfter(words: Words, name: string): number | undefined {
  const text = take(words, name)
  return text === undefined ? undefined : Number(text)
}

/** `[verb, id, …]` as an order. What is no number after the @ names a type that has no price. */
function orderOf(words: Words): PlaceTerms {
  const [verb = '', id = '', ...rest] = words
  const side: Side = verb === 'buys' ? 'buy' : 'sell'
  const named = { id, side, ...given({ selfTradePrevention: take(rest, 'stp') as SelfTradePrevention }) }
  const quoteQuantity = take(rest, 'spending') ?? take(rest, 'receiving')
  if (quoteQuantity !== undefined) return { ...named, type: 'market', quoteQuantity }
  const [quantity = '', at = ''] = rest.shift()!.split('@')
  if (at === 'market') return { ...named, type: 'market', quantity }
  const trailingBips = numberAfter(rest, 'trails')
  const isPriced = /^\d/.test(at)
  const word = isPriced ? rest.find((flag) => flag === 'stop' || flag === 'takeProfit') : at
  const triggerPrice = isPriced && word ? take(rest, word) : rest.find((flag) => /^\d/.test(flag))
  const triggered = { quantity, ...given({ triggerPrice, trailingBips }) }
  if (!isPriced) return { ...named, type: word as 'stop' | 'takeProfit', ...triggered }
  const expiresAt = numberAfter(rest, 'GTD')
  const atOnce = (['IOC', 'FOK'] as const).find((word) => has(rest, word))
  const timeInForce: TimeInForce = atOnce ?? (expiresAt === undefined ? 'GTC' : 'GTD')
  const resting = {
    price: at,
    timeInForce,
    ...given({ expiresAt, displayQuantity: take(rest, 'shows') }),
  }
  if (word) return { ...named, type: `${word as 'stop' | 'takeProfit'}Limit`, ...triggered, ...resting }
  const post = has(rest, 'post') && { postOnly: true }
  const any = has(rest, 'any') && { anyNotional: true }
  return { ...named, type: 'limit', quantity, ...resting, ...post, ...any }
}

function marketCommand(words: Words, market: MarketCommand): Command {
  const altered: Record<string, unknown> = { ...market }
  for (let n = 0; n < words.length; n += 2) {
    const [name = '', value = ''] = words.slice(n)
    altered[name] = /Ppm$|sMax$|Bips/.test(name) ? Number(value) : value
    if (name === 'selfTradePreventions') altered[name] = value.split(',')
  }
  return altered as unknown as Command
}

function amendOf(words: Words): { quantity?: string; price?: string } {
  const [quantity, price] = words[0]!.split('@')
  return given({ quantity: quantity === '' ? undefined : quantity, price })
}

function cancelCommand(words: Words, of: { market: string; account: number }): Command {
  const [what = '', id = ''] = words
  const { account, market } = of
  if (what === 'all') return { op: 'cancelAll', account, ...(id === 'in' && { market }) }
  if (what === 'list') return { op: 'cancelList', ...of, id }
  return what.startsWith('no')
    ? { op: 'cancel', ...of, order: Number(what.slice(2)) }
    : { op: 'cancel', ...of, id: what }
}

function accountCommand(
  verb: string,
  words: Words,
  of: { market: string; account: number },
): Command | undefined {
  const { account } = of
  const [first = '', second = ''] = words
  switch (verb) {
    case 'deposits':
      return { op: 'deposit', account, asset: second, amount: first }
    case 'withdraws':
      return { op: 'withdraw', account, asset: second, amount: first }
    case 'transfers':
      return { op: 'transfer', from: account, to: Number(words[3]), asset: second, amount: first }
    case 'sets':
      return { op: 'account', account, [first]: JSON.parse(second) as never }
    case 'guards':
      return { op: 'guard', account, session: Number(first) }
    case 'buys':
    case 'sells':
      return { op: 'place', ...of, ...orderOf([verb, ...words]) }
    case 'lists': {
      const orders = words
        .slice(2)
        .join(' ')
        .split(' | ')
        .map((text) => orderOf(text.split(' ')))
      return { op: 'placeList', ...of, id: first, kind: second.slice(0, -1) as 'oco', orders }
    }
    case 'amends':
      return { op: 'amend', ...of, id: first, ...amendOf(words.slice(1)) }
    case 'replaces': {
      const mode = has(words, 'anyhow') ? 'allowFailure' : 'stopOnFailure'
      return { op: 'replace', ...of, mode, cancel: { id: first }, place: orderOf(words.slice(1)) }
    }
    case 'cancels':
      return cancelCommand(words, of)
    default:
      return undefined
  }
}

/** The command that a line says, or undefined when it says something else. */
export function commandOf(line: string, market: MarketCommand): Command | undefined {
  const words = line.split(' ')
  const [first = '', second = ''] = words
  const isCommand = /^\d+$/.test(first) ? second !== 'has' : /^(market|tier|discount|clock \d+$)/.test(line)
  if (!isCommand) return undefined
  const sent = given({ key: take(words, 'key'), time: numberAfter(words, 'at') })
  const command = ((): Command | undefined => {
    switch (first) {
      case 'market':
        return marketCommand(words.slice(1), market)
      case 'clock':
        return { op: 'clock', time: Number(second) }
      case 'tier': {
        const makerFeePpm = numberAfter(words, 'maker')!
        const takerFeePpm = numberAfter(words, 'taker')!
        const named = given({ market: take(words, 'in') })
        return { op: 'feeTier', tier: Number(second), ...named, makerFeePpm, takerFeePpm }
      }
      case 'discount': {
        const [asset, rate, less] = [take(words, 'in')!, take(words, 'rate')!, take(words, 'less')!]
        return { op: 'discount', feeAsset: second, asset, rate, discountPpm: Number(less) }
      }
      default:
        return accountCommand(second, words.slice(2), { market: market.market, account: Number(first) })
    }
  })()
  return command && { ...command, ...sent }
}
