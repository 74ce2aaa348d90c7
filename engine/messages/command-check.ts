/** Whether bytes from outside are a command the engine can trust its memory to. */
import { endOf, extraAt, idAt, keyAt, nameAt, nameOf, partsAt } from './command-record.ts'
import { checkCommand } from './command-shape.ts'
import { ProtocolError } from '../process/frame.ts'
import type { Memory } from '../core/layout.ts'
import * as records from './records.ts'

const {
  COMMAND_ACCOUNT,
  COMMAND_BYTES_MAX,
  COMMAND_DECIMALS,
  COMMAND_HEAD,
  COMMAND_LENGTHS,
  COMMAND_MARKET,
  COMMAND_PRICE,
  COMMAND_SCALE,
  COMMAND_STRINGS,
  COMMAND_TIME,
  COMMAND_TO,
  COMMAND_VALUE,
  EXTRA_DECIMALS,
  EXTRA_DISPLAY,
  EXTRA_EXPIRES,
  EXTRA_KIND,
  EXTRA_QUOTE,
  EXTRA_TRAILING,
  EXTRA_WORDS,
  FLAG_ANY_NOTIONAL,
  FLAG_BY_ORDER,
  FLAG_EXTRA,
  FLAG_MARKET,
  FLAG_POST_ONLY,
  HAS_DISPLAY,
  HAS_QUOTE,
  HAS_TRAILING,
  HAS_TRIGGER,
  OP_AMEND,
  OP_CANCEL,
  OP_MARKET,
  OP_PLACE,
  TIF_SHIFT,
  orderTypes,
  preventions,
} = records

const timeMax = 8_640_000_000_000_000
const PPM_MAX = 1_000_000
const KEY_LENGTH_MAX = 64
const ID_LENGTH_MAX = 36
const ORDERS_IN_LIST_MAX = 3
const LIMIT = orderTypes.indexOf('limit')
const MARKET = orderTypes.indexOf('market')
const GTD = 3
/** On a place: those that say it is no simple limit order, and the one that says nothing. */
const FLAGS_UNUSUAL = FLAG_MARKET | FLAG_EXTRA | 128
const FLAGS_AMENDED = records.FLAG_AMEND_PRICE | records.FLAG_AMEND_QUANTITY

function check(isRight: boolean, what: string): asserts isRight {
  if (!isRight) throw new ProtocolError(`a command's ${what} is not as the protocol says`)
}

/** Four characters at a time. The padding takes part in comparisons by word, so it has to be zeros. */
function isPrintable(i: Int32Array, word: number, length: number): boolean {
  let left = length
  for (; left >= 4; left -= 4) if (!arePrintable(i[word++]!)) return false
  if (left === 0) return true
  const padding = -1 << (left * 8)
  const last = i[word]!
  return (last & padding) === 0 && arePrintable(last | (0x21212121 & padding))
}

/** All four bytes are from 0x21 to 0x7e: the top bit of each says so, without a carry into its neighbour. */
function arePrintable(word: number): boolean {
  const isAbove = (word | 0x80808080) - 0x21212121
  return (isAbove & ~(word + 0x01010101) & ~word & 0x80808080) === (0x80808080 | 0)
}

function isWhole(value: number): boolean {
  return value === Infinity || Number.isSafeInteger(value)
}

function isTime(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= timeMax
}

/** Checks the command at word `at` of input that ends at word `end`; returns the word after it. */
export function checkRecord(memory: Memory, at: number, end: number): number {
  return checkPlain(memory, at, end) || checkFully(memory, at, end)
}

/**
 * What comes by the million, in one piece: a limit order, a cancel or an amend without a key. Answers 0 for all else, and for
 * what is not right, which the whole check then puts into words.
 */
function checkPlain({ i, f }: Memory, at: number, end: number): number {
  if (at + COMMAND_STRINGS > end) return 0
  const head = i[at + COMMAND_HEAD]!
  const lengths = i[at + COMMAND_LENGTHS]!
  const op = (head >> 16) & 255
  const idLength = lengths >> 8
  const isPlain = (op === OP_PLACE || op === OP_CANCEL || op === OP_AMEND) && i[at + COMMAND_ACCOUNT]! >= 1
  if (!isPlain || (lengths & ~0xff00) !== 0 || idLength > ID_LENGTH_MAX) return 0
  const textEnd = keyAt(at) + ((idLength + 3) >> 2)
  const tail = textEnd + (textEnd & 1)
  const next = op === OP_AMEND ? tail + 2 : tail
  if (next > end || (head & 0xffff) !== (next - at) * 4) return 0
  if (textEnd !== tail && i[textEnd] !== 0) return 0
  const time = f[(at + COMMAND_TIME) >> 1]!
  if ((time !== -1 && !isTime(time)) || !isPrintable(i, keyAt(at), idLength)) return 0
  const flags = head >>> 24
  const value = f[(at + COMMAND_VALUE) >> 1]!
  if (op === OP_PLACE) {
    const isLimit = (flags & FLAGS_UNUSUAL) === 0 && ((flags >> TIF_SHIFT) & 3) !== GTD
    return isLimit && idLength >= 1 && isLots(value) ? next : 0
  }
  if (op === OP_AMEND && ((flags & FLAGS_AMENDED) === 0 || !isLots(f[tail >> 1]!))) return 0
  return isNamed(flags, idLength, value) ? next : 0
}

/** The same for every kind of command, and with a reason. */
export function checkFully(memory: Memory, at: number, end: number): number {
  checkHead(memory, at, end)
  const { i, f } = memory
  const time = f[(at + COMMAND_TIME) >> 1]!
  check(time === -1 || isTime(time), 'time')
  const op = (i[at + COMMAND_HEAD]! >> 16) & 255
  const tail = checkTail(memory, at, op)
  check(tail === endOf(i, at), 'length')
  checkFields(memory, at, op)
  return tail
}

/** The ten words and the texts. What the op adds has to begin before the record's end. */
function checkHead({ i }: Memory, at: number, end: number): void {
  check(at + COMMAND_STRINGS <= end, 'length')
  const bytes = i[at + COMMAND_HEAD]! & 0xffff
  check(bytes >= COMMAND_STRINGS * 4 && bytes <= COMMAND_BYTES_MAX && bytes % 8 === 0, 'length')
  check(at + bytes / 4 <= end, 'length')
  const lengths = i[at + COMMAND_LENGTHS]!
  const [keyLength, idLength] = [lengths & 255, (lengths >> 8) & 255]
  check(keyLength <= KEY_LENGTH_MAX && idLength <= ID_LENGTH_MAX, 'text')
  check(partsAt(i, at) <= at + bytes / 4, 'text')
  check(isPrintable(i, keyAt(at), keyLength) && isPrintable(i, idAt(i, at), idLength), 'text')
  const textEnd = nameAt(i, at) + (((lengths >>> 16) + 3) >> 2)
  check((textEnd & 1) === 0 || i[textEnd] === 0, 'text')
}

/** What follows the texts; returns where it ends, which must be the record's end. */
function checkTail(memory: Memory, at: number, op: number): number {
  const { i } = memory
  const start = partsAt(i, at)
  const end = endOf(i, at)
  const flags = i[at + COMMAND_HEAD]! >>> 24
  if (op === OP_PLACE && flags & FLAG_EXTRA) return start + EXTRA_WORDS
  if (op === OP_AMEND) return start + 2
  if (op === records.OP_REPLACE)
    return checkPart(memory, at, checkPart(memory, at, start, end, OP_CANCEL), end, OP_PLACE)
  if (op !== records.OP_PLACE_LIST) return start
  let part = start
  let count = 0
  for (; part < end; count++) part = checkPart(memory, at, part, end, OP_PLACE)
  check(count >= 2 && count <= ORDERS_IN_LIST_MAX, 'list')
  return part
}

/** A record inside the command at `outer`, which has the outer's account and market, no key and no time. */
function checkPart(memory: Memory, outer: number, at: number, end: number, op: number): number {
  const { i, f } = memory
  checkHead(memory, at, end)
  check(((i[at + COMMAND_HEAD]! >> 16) & 255) === op, 'op')
  check((i[at + COMMAND_LENGTHS]! & 255) === 0 && f[(at + COMMAND_TIME) >> 1] === -1, 'order')
  check(i[at + COMMAND_ACCOUNT] === i[outer + COMMAND_ACCOUNT], 'account')
  check(i[at + COMMAND_MARKET] === i[outer + COMMAND_MARKET], 'market')
  const tail = checkTail(memory, at, op)
  check(tail === endOf(i, at), 'length')
  checkFields(memory, at, op)
  return tail
}

function checkFields(memory: Memory, at: number, op: number): void {
  const { i } = memory
  if (op === OP_MARKET) {
    checkCommand({ ...(JSON.parse(nameOf(memory, at)) as object), op: 'market' })
    return
  }
  check(i[at + COMMAND_LENGTHS]! >>> 16 <= 32, 'name')
  if (op <= records.OP_TRANSFER) return checkMoney(memory, at, op)
  if (op <= records.OP_GUARD) return checkSetting(memory, at, op)
  if (op === records.OP_CLOCK) {
    check(i[at + COMMAND_ACCOUNT] === 0, 'account')
    check(memory.f[(at + COMMAND_TIME) >> 1]! >= 0, 'time')
    return
  }
  check(i[at + COMMAND_ACCOUNT]! >= 1, 'account')
  checkOrderCommand(memory, at, op)
}

function checkMoney({ i, f }: Memory, at: number, op: number): void {
  const value = f[(at + COMMAND_VALUE) >> 1]!
  const decimals = i[at + COMMAND_DECIMALS]!
  const nameLength = i[at + COMMAND_LENGTHS]! >>> 16
  check(op >= records.OP_DEPOSIT, 'op')
  check(i[at + COMMAND_ACCOUNT]! >= 0 && nameLength >= 1 && nameLength <= 16, 'asset')
  check(isWhole(value) && value >= 0 && decimals >= 0 && decimals <= 18, 'amount')
  if (op === records.OP_TRANSFER) check(i[at + COMMAND_TO]! >= 0, 'account')
  else check(i[at + COMMAND_SCALE]! >= 0 && i[at + COMMAND_SCALE]! <= 19, 'scale')
}

function checkSetting({ i, f }: Memory, at: number, op: number): void {
  const value = f[(at + COMMAND_VALUE) >> 1]!
  const first = i[at + COMMAND_PRICE]!
  const second = i[at + COMMAND_DECIMALS]!
  const account = i[at + COMMAND_ACCOUNT]!
  switch (op) {
    case records.OP_ACCOUNT:
      return check(account >= 1 && first >= 0 && first <= 15 && second >= 0, 'setting')
    case records.OP_FEE_TIER:
      check(Number.isInteger(value) && value >= 1 && value <= 15, 'tier')
      return check(first >= 0 && first <= PPM_MAX && second >= 0 && second <= PPM_MAX, 'fee')
    case records.OP_DISCOUNT: {
      const lengths = i[at + COMMAND_LENGTHS]!
      check(((lengths >> 8) & 255) >= 1 && ((lengths >> 8) & 255) <= 16, 'asset')
      check(lengths >>> 16 >= 1 && lengths >>> 16 <= 16, 'asset')
      check(isWhole(value) && value >= 0 && second >= 0 && second <= 18, 'rate')
      return check(first >= 0 && first <= PPM_MAX, 'discount')
    }
    default:
      return check(account >= 1 && Number.isSafeInteger(value) && value >= 0, 'session')
  }
}

function checkOrderCommand(memory: Memory, at: number, op: number): void {
  const { i, f } = memory
  const idLength = (i[at + COMMAND_LENGTHS]! >> 8) & 255
  const flags = i[at + COMMAND_HEAD]! >>> 24
  const value = f[(at + COMMAND_VALUE) >> 1]!
  switch (op) {
    case OP_PLACE:
      check(idLength >= 1, 'id')
      return checkPlace(memory, at, flags)
    case OP_AMEND:
      check((flags & FLAGS_AMENDED) !== 0, 'flags')
      check(isLots(f[partsAt(i, at) >> 1]!), 'quantity')
      return check(isNamed(flags, idLength, value), 'order')
    case OP_CANCEL:
      return check(isNamed(flags, idLength, value), 'order')
    case records.OP_PLACE_LIST:
      check(flags < records.listKinds.length, 'flags')
      return check(idLength >= 1, 'id')
    case records.OP_CANCEL_LIST:
      return check(idLength >= 1, 'id')
    default:
      check(op === records.OP_CANCEL_ALL || op === records.OP_REPLACE, 'op')
  }
}

/** An order by its number or by its client's id. */
function isNamed(flags: number, idLength: number, value: number): boolean {
  return flags & FLAG_BY_ORDER ? Number.isSafeInteger(value) && value > 0 : idLength >= 1
}

/** Minus one is off the grid of lots; zero is out of range. The engine itself refuses both. */
function isLots(value: number): boolean {
  return isWhole(value) && value >= -1
}

function checkPlace(memory: Memory, at: number, flags: number): void {
  const { i, f } = memory
  check(flags < 128 && isLots(f[(at + COMMAND_VALUE) >> 1]!), 'quantity')
  const timeInForce = (flags >> TIF_SHIFT) & 3
  const isLimit = !(flags & FLAG_MARKET)
  check(isLimit || (flags & (FLAG_POST_ONLY | FLAG_ANY_NOTIONAL)) === 0, 'flags')
  check(isLimit || timeInForce === 0, 'flags')
  if (!(flags & FLAG_EXTRA)) return check(timeInForce !== GTD, 'flags')
  checkExtra(memory, extraAt(i, at), isLimit, timeInForce)
  const type = i[extraAt(i, at) + EXTRA_KIND]! & 255
  check(type <= MARKET || (flags & (FLAG_POST_ONLY | FLAG_ANY_NOTIONAL)) === 0, 'flags')
}

function checkExtra({ i, f }: Memory, at: number, isLimit: boolean, timeInForce: number): void {
  const kind = i[at + EXTRA_KIND]!
  const type = kind & 255
  check(kind >>> 0 <= (HAS_QUOTE << 1) - 1, 'order')
  check(((kind >> 8) & 255) <= preventions.length, 'order')
  const names = orderTypes[type] ?? ''
  check(isLimit === (names === 'limit' || names.endsWith('Limit')) && names !== '', 'order type')
  const hasTrigger = (kind & (HAS_TRIGGER | HAS_TRAILING)) !== 0
  check(hasTrigger === (type !== LIMIT && type !== MARKET), 'trigger')
  check(isLimit || (kind & HAS_DISPLAY) === 0, 'display quantity')
  check(type === MARKET || (kind & HAS_QUOTE) === 0, 'quote quantity')
  const bips = i[at + EXTRA_TRAILING]!
  check(kind & HAS_TRAILING ? bips >= 1 && bips <= 10_000 : bips === 0, 'trail')
  const decimals = i[at + EXTRA_DECIMALS]!
  const quote = f[(at + EXTRA_QUOTE) >> 1]!
  check(isWhole(quote) && quote >= 0 && decimals >= 0 && decimals <= 18, 'quote quantity')
  check(isLots(f[(at + EXTRA_DISPLAY) >> 1]!), 'display quantity')
  const expiresAt = f[(at + EXTRA_EXPIRES) >> 1]!
  check(timeInForce === GTD ? isTime(expiresAt) : expiresAt === 0, 'time')
}
