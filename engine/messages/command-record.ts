/**
 * A command as bytes: the same on the socket, in the journal and in the engine's input. Ten words, then the key, the
 * client's id and a name, each padded with zeros to a word, the whole to two words.
 */
import type { Command, PlaceLimitCommand, PlaceMarketCommand } from './command.ts'
import { parseDecimal } from './decimal.ts'
import type { Memory } from '../core/layout.ts'
import { lotsOf, ticksOf, type Market } from './market.ts'
import * as records from './records.ts'

const {
  COMMAND_ACCOUNT,
  COMMAND_DECIMALS,
  COMMAND_HEAD,
  COMMAND_LENGTHS,
  COMMAND_MARKET,
  COMMAND_PRICE,
  COMMAND_STRINGS,
  COMMAND_TIME,
  COMMAND_VALUE,
  FLAG_BY_ORDER,
  FLAG_MARKET,
  FLAG_ANY_NOTIONAL,
  FLAG_POST_ONLY,
  FLAG_SELL,
  OP_CANCEL,
  OP_CANCEL_ALL,
  OP_DEPOSIT,
  OP_MARKET,
  OP_PLACE,
  OP_WITHDRAW,
  TIF_SHIFT,
  timesInForce,
} = records

export function keyAt(at: number): number {
  return at + COMMAND_STRINGS
}

export function idAt(i: Int32Array, at: number): number {
  return keyAt(at) + (((i[at + COMMAND_LENGTHS]! & 255) + 3) >> 2)
}

export function nameAt(i: Int32Array, at: number): number {
  return idAt(i, at) + ((((i[at + COMMAND_LENGTHS]! >> 8) & 255) + 3) >> 2)
}

export function nameOf(s: Memory, at: number): string {
  return readText(s.b, nameAt(s.i, at) * 4, s.i[at + COMMAND_LENGTHS]! >>> 16)
}

export function readText(b: Uint8Array, start: number, length: number): string {
  return Buffer.from(b.buffer, b.byteOffset + start, length).toString('latin1')
}

function writeText(memory: Memory, word: number, text: string): number {
  const end = word + ((text.length + 3) >> 2)
  if (text.length > 0) memory.i[end - 1] = 0
  for (let at = 0; at < text.length; at++) memory.b[word * 4 + at] = text.charCodeAt(at)
  return end
}

interface Fields {
  readonly op: number
  readonly flags?: number
  readonly account?: number
  readonly market?: number
  readonly value?: number
  readonly price?: number
  readonly decimals?: number
  readonly scale?: number
  readonly id?: string
  readonly name?: string
}

function placeFields(command: PlaceLimitCommand | PlaceMarketCommand, market: Market | undefined): Fields {
  const side = command.side === 'sell' ? FLAG_SELL : 0
  const flags =
    command.type === 'market'
      ? side | FLAG_MARKET
      : side |
        (timesInForce.indexOf(command.timeInForce) << TIF_SHIFT) |
        (command.postOnly ? FLAG_POST_ONLY : 0) |
        (command.anyNotional ? FLAG_ANY_NOTIONAL : 0)
  const price = market && command.type === 'limit' ? ticksOf(market, command.price) : 0
  const value = market ? lotsOf(market, command.quantity) : 0
  return { op: OP_PLACE, flags, account: command.account, id: command.id, price, value }
}

/** The terms as they travel: one order of fields, so that equal content is equal bytes. */
function marketText(command: Command & { op: 'market' }): string {
  const { market, base, quote, tickSize, lotSize, makerFeePpm, takerFeePpm } = command
  const { baseScale, quoteScale, notionalMin, state } = command
  return JSON.stringify({
    ...{ market, base, quote, tickSize, lotSize, makerFeePpm, takerFeePpm },
    ...{ baseScale, quoteScale, notionalMin, state },
  })
}

function fieldsOf(command: Command, market: Market | undefined): Fields {
  switch (command.op) {
    case 'market':
      return { op: OP_MARKET, name: marketText(command) }
    case 'deposit':
    case 'withdraw': {
      const { mantissa, decimals } = parseDecimal(command.amount)
      const op = command.op === 'deposit' ? OP_DEPOSIT : OP_WITHDRAW
      const amount = { value: mantissa, decimals, scale: (command.scale ?? -1) + 1 }
      return { op, account: command.account, ...amount, name: command.asset }
    }
    case 'place':
      return placeFields(command, market)
    case 'cancel':
      return command.order === undefined
        ? { op: OP_CANCEL, account: command.account, id: command.id ?? '' }
        : { op: OP_CANCEL, account: command.account, flags: FLAG_BY_ORDER, value: command.order }
    case 'cancelAll':
      return { op: OP_CANCEL_ALL, account: command.account }
  }
}

/**
 * Writes `command` at word `at`, which must be even, and returns the word after it. A market that `findMarket` does not
 * know travels by name, so that the refusal can say which it was.
 */
export function writeCommand(
  memory: Memory,
  at: number,
  command: Command,
  findMarket: (name: string) => Market | undefined,
): number {
  const { i, f } = memory
  const named = command.op === 'market' ? undefined : 'market' in command ? command.market : undefined
  const market = named === undefined ? undefined : findMarket(named)
  const fields = fieldsOf(command, market)
  const key = command.key ?? ''
  const id = fields.id ?? ''
  const name = fields.name ?? (market ? '' : (named ?? ''))

  i[at + COMMAND_LENGTHS] = key.length | (id.length << 8) | (name.length << 16)
  i[at + COMMAND_ACCOUNT] = fields.account ?? 0
  i[at + COMMAND_MARKET] = market?.index ?? -1
  f[(at + COMMAND_TIME) >> 1] = command.time ?? -1
  f[(at + COMMAND_VALUE) >> 1] = fields.value ?? 0
  i[at + COMMAND_PRICE] = fields.price ?? fields.scale ?? 0
  i[at + COMMAND_DECIMALS] = fields.decimals ?? 0
  let end = writeText(memory, at + COMMAND_STRINGS, key)
  end = writeText(memory, end, id)
  end = writeText(memory, end, name)
  if (end & 1) i[end++] = 0
  i[at + COMMAND_HEAD] = ((end - at) * 4) | (fields.op << 16) | ((fields.flags ?? 0) << 24)
  return end
}
