import { randomFillSync } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const pool = Buffer.alloc(4096)
let poolOffset = pool.length

function randomBytes(length: number): Buffer {
  if (poolOffset + length > pool.length) {
    randomFillSync(pool)
    poolOffset = 0
  }
  poolOffset += length
  return pool.subarray(poolOffset - length, poolOffset)
}

let timeMs = 0
let timeText = ''

/** The current millisecond in ten letters, kept while it lasts. */
function timePart(nowMs: number): string {
  if (nowMs === timeMs) return timeText
  let rest = nowMs
  let digits = ''
  for (let position = 0; position < 10; position++) {
    digits = (alphabet[rest % 32] as string) + digits
    rest = Math.floor(rest / 32)
  }
  timeMs = nowMs
  timeText = digits
  return digits
}

/** A new ULID: 26 letters that sort by the millisecond they were made in. */
export function ulid(): string {
  let random = ''
  for (const byte of randomBytes(16)) random += alphabet[byte & 31]
  return timePart(Date.now()) + random
}
