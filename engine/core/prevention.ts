import * as layout from './layout.ts'
import * as memory from './memory.ts'
const { i } = memory
const { ACCOUNT } = layout
export function isOwn(taker: number, maker: number): boolean {
  return i[taker + ACCOUNT] === i[maker + ACCOUNT]
}
export function prevent(
  _market: number,
  _side: number,
  _taker: number,
  _maker: number,
  _mode: number,
): boolean {
  return false
}
