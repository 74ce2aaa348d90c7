/** Whether bytes from outside are a command the engine can trust its memory to. */
import { nameOf } from './command-record.ts'
import { checkCommand } from './command.ts'
import { ProtocolError } from '../process/frame.ts'
import type { Memory } from '../core/layout.ts'
import {
  COMMAND_ACCOUNT,
  COMMAND_BYTES_MAX,
  COMMAND_DECIMALS,
  COMMAND_HEAD,
  COMMAND_LENGTHS,
  COMMAND_SCALE,
  COMMAND_STRINGS,
  COMMAND_TIME,
  COMMAND_VALUE,
  FLAG_BY_ORDER,
  OP_CANCEL,
  OP_CANCEL_ALL,
  OP_DEPOSIT,
  OP_MARKET,
  OP_PLACE,
  OP_WITHDRAW,
} from './records.ts'

const timeMax = 8_640_000_000_000_000

function check(isRight: boolean, what: string): asserts isRight {
  if (!isRight) throw new ProtocolError(`a command's ${what} is not as the protocol says`)
}

function isPrintable(b: Uint8Array, start: number, length: number): boolean {
  for (let at = start; at < start + length; at++) if (b[at]! < 0x21 || b[at]! > 0x7e) return false
  // The padding takes part in comparisons by word.
  for (let at = start + length; at & 3; at++) if (b[at] !== 0) return false
  return true
}

function isWhole(value: number): boolean {
  return value === Infinity || Number.isSafeInteger(value)
}

/** Checks the command at word `at` of input that ends at word `end`; returns the word after it. */
export function checkRecord(memory: Memory, at: number, end: number): number {
  const { i, f, b } = memory
  const bytes = i[at + COMMAND_HEAD]! & 0xffff
  check(bytes >= COMMAND_STRINGS * 4 && bytes <= COMMAND_BYTES_MAX && bytes % 8 === 0, 'length')
  check(at + bytes / 4 <= end, 'length')
  const lengths = i[at + COMMAND_LENGTHS]!
  let word = at + COMMAND_STRINGS
  for (const length of [lengths & 255, (lengths >> 8) & 255, lengths >>> 16]) {
    check(word + ((length + 3) >> 2) <= at + bytes / 4, 'text')
    check(isPrintable(b, word * 4, length) || length === lengths >>> 16, 'text')
    word += (length + 3) >> 2
  }
  check(word + (word & 1) === at + bytes / 4, 'length')
  check((lengths & 255) <= 64 && ((lengths >> 8) & 255) <= 36, 'text')
  const time = f[(at + COMMAND_TIME) >> 1]!
  check(time === -1 || (Number.isInteger(time) && time >= 0 && time <= timeMax), 'time')
  checkFields(memory, at)
  return at + bytes / 4
}

function checkFields(memory: Memory, at: number): void {
  const { i, f } = memory
  const lengths = i[at + COMMAND_LENGTHS]!
  const idLength = (lengths >> 8) & 255
  const nameLength = lengths >>> 16
  const op = (i[at + COMMAND_HEAD]! >> 16) & 255
  const flags = i[at + COMMAND_HEAD]! >>> 24
  const account = i[at + COMMAND_ACCOUNT]!
  const value = f[(at + COMMAND_VALUE) >> 1]!
  if (op === OP_MARKET) {
    checkCommand({ op: 'market', ...(JSON.parse(nameOf(memory, at)) as object) })
    return
  }
  check(nameLength <= 32, 'name')
  if (op === OP_DEPOSIT || op === OP_WITHDRAW) {
    const decimals = i[at + COMMAND_DECIMALS]!
    check(account >= 0 && nameLength >= 1 && nameLength <= 16, 'asset')
    check(isWhole(value) && value >= 0 && decimals >= 0 && decimals <= 18, 'amount')
    check(i[at + COMMAND_SCALE]! >= 0 && i[at + COMMAND_SCALE]! <= 19, 'scale')
    return
  }
  check(account >= 1, 'account')
  if (op === OP_PLACE) {
    check(idLength >= 1, 'id')
    check(((flags >> 2) & 3) < 3 && flags < 64, 'flags')
    check(isWhole(value) && value >= -1, 'quantity')
  } else if (op === OP_CANCEL) {
    check(flags & FLAG_BY_ORDER ? Number.isSafeInteger(value) && value > 0 : idLength >= 1, 'order')
  } else {
    check(op === OP_CANCEL_ALL, 'op')
  }
}
