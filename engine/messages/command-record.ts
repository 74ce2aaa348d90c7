/**
 * A command as bytes: the same on the socket, in the journal and in the engine's input. Ten words, then the key, the
 * client's id and a name, each padded with zeros to a word, the whole to two words; then what its op adds. Orders inside
 * a command are whole records themselves.
 */
import type { Command, OrderName, PlaceTerms } from './command.ts'
import { parseDecimal } from './decimal.ts'
import type { Memory } from '../core/layout.ts'
import { lotsOf, ticksOf, type Market } from './market.ts'
import { filterNames } from './market-terms.ts'
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
  EXTRA_DECIMALS,
  EXTRA_DISPLAY,
  EXTRA_EXPIRES,
  EXTRA_KIND,
  EXTRA_QUOTE,
  EXTRA_TRAILING,
  EXTRA_TRIGGER,
  EXTRA_WORDS,
  HAS_DISPLAY,
  HAS_QUOTE,
  HAS_TRAILING,
  HAS_TRIGGER,
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

/** Where the records of the orders inside a command begin. */
export function partsAt(i: Int32Array, at: number): number {
  const end = nameAt(i, at) + (((i[at + COMMAND_LENGTHS]! >>> 16) + 3) >> 2)
  return end + (end & 1)
}

/** The word after the command at `at`. */
export function endOf(i: Int32Array, at: number): number {
  return at + ((i[at + COMMAND_HEAD]! & 0xffff) >> 2)
}

/** The extra words of a place that has FLAG_EXTRA. */
export function extraAt(i: Int32Array, at: number): number {
  return endOf(i, at) - EXTRA_WORDS
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
  readonly value?: number
  readonly price?: number
  readonly decimals?: number
  readonly id?: string
  readonly name?: string
}

function isExtra(terms: PlaceTerms): boolean {
  if (terms.selfTradePrevention !== undefined) return true
  if (terms.type === 'market') return terms.quoteQuantity !== undefined
  return terms.type !== 'limit' || terms.timeInForce === 'GTD' || terms.displayQuantity !== undefined
}

function placeFields(account: number, terms: PlaceTerms, market: Market | undefined): Fields {
  let flags = terms.side === 'sell' ? records.FLAG_SELL : 0
  if (isExtra(terms)) flags |= records.FLAG_EXTRA
  if ('timeInForce' in terms) flags |= records.timesInForce.indexOf(terms.timeInForce) << records.TIF_SHIFT
  else flags |= records.FLAG_MARKET
  if (terms.type === 'limit' && terms.postOnly) flags |= records.FLAG_POST_ONLY
  if (terms.type === 'limit' && terms.anyNotional) flags |= records.FLAG_ANY_NOTIONAL
  const price = market && 'price' in terms ? ticksOf(market, terms.price) : 0
  const value = market && terms.quantity !== undefined ? lotsOf(market, terms.quantity) : 0
  return { op: records.OP_PLACE, flags, account, id: terms.id, price, value }
}

/** The terms as they travel: one order of fields, so that equal content is equal bytes. */
function marketText(command: Command & { op: 'market' }): string {
  const { market, base, quote, tickSize, lotSize, makerFeePpm, takerFeePpm } = command
  const { baseScale, quoteScale, notionalMin, state } = command
  return JSON.stringify({
    market,
    base,
    quote,
    tickSize,
    lotSize,
    makerFeePpm,
    takerFeePpm,
    baseScale,
    quoteScale,
    notionalMin,
    state,
    ...Object.fromEntries(filterNames.map((name) => [name, command[name]])),
    selfTradePrevention: command.selfTradePrevention,
    selfTradePreventions: command.selfTradePreventions,
  })
}

function nameFields(op: number, account: number, { id, order }: OrderName): Fields {
  if (order === undefined) return { op, account, id: id ?? '' }
  return { op, account, flags: records.FLAG_BY_ORDER, value: order }
}

function accountFields(command: Command & { op: 'account' }): Fields {
  const { account, feeTier, tradeGroup, discount } = command
  const flags =
    (feeTier === undefined ? 0 : records.FLAG_FEE_TIER) |
    (tradeGroup === undefined ? 0 : records.FLAG_TRADE_GROUP) |
    (discount === undefined ? 0 : records.FLAG_DISCOUNT) |
    (discount ? records.FLAG_DISCOUNT_ON : 0)
  return { op: records.OP_ACCOUNT, account, flags, price: feeTier ?? 0, decimals: tradeGroup ?? 0 }
}

function amendFields(command: Command & { op: 'amend' }, market: Market | undefined): Fields {
  const named = nameFields(records.OP_AMEND, command.account, command)
  const flags =
    (named.flags ?? 0) |
    (command.price === undefined ? 0 : records.FLAG_AMEND_PRICE) |
    (command.quantity === undefined ? 0 : records.FLAG_AMEND_QUANTITY)
  const price = market && command.price !== undefined ? ticksOf(market, command.price) : 0
  return { ...named, flags, price }
}

function settingFields(command: Command & { op: 'feeTier' | 'discount' | 'guard' | 'clock' }): Fields {
  switch (command.op) {
    case 'feeTier': {
      const { tier, makerFeePpm, takerFeePpm } = command
      return { op: records.OP_FEE_TIER, value: tier, price: makerFeePpm, decimals: takerFeePpm }
    }
    case 'discount': {
      const { mantissa, decimals } = parseDecimal(command.rate)
      const assets = { id: command.feeAsset, name: command.asset }
      return { op: records.OP_DISCOUNT, value: mantissa, decimals, price: command.discountPpm, ...assets }
    }
    case 'guard':
      return { op: records.OP_GUARD, account: command.account, value: command.session }
    case 'clock':
      return { op: records.OP_CLOCK }
  }
}

function moneyFields(command: Command & { op: 'deposit' | 'withdraw' | 'transfer' }): Fields {
  const { mantissa, decimals } = parseDecimal(command.amount)
  const amount = { value: mantissa, decimals, name: command.asset }
  if (command.op === 'transfer')
    return { op: records.OP_TRANSFER, account: command.from, price: command.to, ...amount }
  const op = command.op === 'deposit' ? records.OP_DEPOSIT : records.OP_WITHDRAW
  return { op, account: command.account, price: (command.scale ?? -1) + 1, ...amount }
}

function fieldsOf(command: Command, market: Market | undefined): Fields {
  switch (command.op) {
    case 'market':
      return { op: records.OP_MARKET, name: marketText(command) }
    case 'deposit':
    case 'withdraw':
    case 'transfer':
      return moneyFields(command)
    case 'account':
      return accountFields(command)
    case 'feeTier':
    case 'discount':
    case 'guard':
    case 'clock':
      return settingFields(command)
    case 'place':
      return placeFields(command.account, command, market)
    case 'cancel':
      return nameFields(records.OP_CANCEL, command.account, command)
    case 'amend':
      return amendFields(command, market)
    case 'cancelAll': {
      const flags = command.reason === 'disconnect' ? records.FLAG_DISCONNECT : 0
      return { op: records.OP_CANCEL_ALL, account: command.account, flags }
    }
    case 'placeList': {
      const flags = records.listKinds.indexOf(command.kind)
      return { op: records.OP_PLACE_LIST, account: command.account, flags, id: command.id }
    }
    case 'cancelList':
      return { op: records.OP_CANCEL_LIST, account: command.account, id: command.id }
    case 'replace': {
      const flags = command.mode === 'allowFailure' ? records.FLAG_ALLOW_FAILURE : 0
      return { op: records.OP_REPLACE, account: command.account, flags }
    }
  }
}

/** The words all commands have. Their length is not yet known, so `finishRecord` has to follow. */
function writeFields(memory: Memory, at: number, parts: RecordParts): number {
  const { i, f } = memory
  const { fields, market, named, key, time } = parts
  const id = fields.id ?? ''
  const name = fields.name ?? (market ? '' : (named ?? ''))
  i[at + COMMAND_LENGTHS] = key.length | (id.length << 8) | (name.length << 16)
  i[at + COMMAND_ACCOUNT] = fields.account ?? 0
  i[at + COMMAND_MARKET] = market?.index ?? -1
  f[(at + COMMAND_TIME) >> 1] = time
  f[(at + COMMAND_VALUE) >> 1] = fields.value ?? 0
  i[at + COMMAND_PRICE] = fields.price ?? 0
  i[at + COMMAND_DECIMALS] = fields.decimals ?? 0
  let end = writeText(memory, at + COMMAND_STRINGS, key)
  end = writeText(memory, end, id)
  end = writeText(memory, end, name)
  if (end & 1) i[end++] = 0
  return end
}

/** The market a command names, as its writer knows it. */
interface AboutMarket {
  readonly market: Market | undefined
  readonly named: string | undefined
}

interface RecordParts extends AboutMarket {
  readonly fields: Fields
  readonly key: string
  readonly time: number
}

function finishRecord(i: Int32Array, at: number, end: number, { op, flags = 0 }: Fields): number {
  i[at + COMMAND_HEAD] = ((end - at) * 4) | (op << 16) | (flags << 24)
  return end
}

/** The terms of an order that is more than a simple limit or market order. */
function writeExtra({ i, f }: Memory, at: number, terms: PlaceTerms, market: Market | undefined): number {
  let kind = records.orderTypes.indexOf(terms.type)
  const mode = terms.selfTradePrevention
  kind |= (mode === undefined ? 0 : records.preventions.indexOf(mode) + 1) << 8
  i.fill(0, at, at + EXTRA_WORDS)
  if ('triggerPrice' in terms && terms.triggerPrice !== undefined) {
    kind |= HAS_TRIGGER
    i[at + EXTRA_TRIGGER] = market ? ticksOf(market, terms.triggerPrice) : 0
  }
  if ('trailingBips' in terms && terms.trailingBips !== undefined) {
    kind |= HAS_TRAILING
    i[at + EXTRA_TRAILING] = terms.trailingBips
  }
  if ('displayQuantity' in terms && terms.displayQuantity !== undefined) {
    kind |= HAS_DISPLAY
    f[(at + EXTRA_DISPLAY) >> 1] = market ? lotsOf(market, terms.displayQuantity) : 0
  }
  if ('quoteQuantity' in terms && terms.quoteQuantity !== undefined) {
    const { mantissa, decimals } = parseDecimal(terms.quoteQuantity)
    kind |= HAS_QUOTE
    i[at + EXTRA_DECIMALS] = decimals
    f[(at + EXTRA_QUOTE) >> 1] = mantissa
  }
  if ('expiresAt' in terms && terms.expiresAt !== undefined) f[(at + EXTRA_EXPIRES) >> 1] = terms.expiresAt
  i[at + EXTRA_KIND] = kind
  return at + EXTRA_WORDS
}

/** An order, or the name of one to cancel, inside a command. It has no key and no time of its own. */
function writePart(
  memory: Memory,
  at: number,
  part: PlaceTerms | OrderName,
  account: number,
  { market, named }: AboutMarket,
): number {
  const isOrder = 'type' in part
  const fields = isOrder ? placeFields(account, part, market) : nameFields(records.OP_CANCEL, account, part)
  let end = writeFields(memory, at, { fields, market, named, key: '', time: -1 })
  if (isOrder && isExtra(part)) end = writeExtra(memory, end, part, market)
  return finishRecord(memory.i, at, end, fields)
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
  const named = command.op === 'market' ? undefined : 'market' in command ? command.market : undefined
  const market = named === undefined ? undefined : findMarket(named)
  const fields = fieldsOf(command, market)
  const { key = '', time = -1 } = command
  const start = writeFields(memory, at, { fields, market, named, key, time })
  return finishRecord(memory.i, at, writeTail(memory, start, command, { market, named }), fields)
}

function writeTail(memory: Memory, at: number, command: Command, about: AboutMarket): number {
  const { market } = about
  if (command.op === 'place') return isExtra(command) ? writeExtra(memory, at, command, market) : at
  if (command.op === 'amend') {
    memory.f[at >> 1] = market && command.quantity !== undefined ? lotsOf(market, command.quantity) : 0
    return at + 2
  }
  let parts: readonly (PlaceTerms | OrderName)[] = []
  if (command.op === 'placeList') parts = command.orders
  else if (command.op === 'replace') parts = [command.cancel, command.place]
  else return at
  return parts.reduce((end, part) => writePart(memory, end, part, command.account, about), at)
}
