/** A block of the event log: the events of one record of the journal, with a head and a checksum. */
import { crc32 } from 'node:zlib'

export const EVENT_BLOCK_HEAD_BYTES = 32
const MAGIC = 0x31424543 // "CEB1"

export interface EventBlock {
  readonly firstSeq: number
  readonly count: number
  /** Of the whole block, head included. */
  readonly length: number
  readonly isSound: boolean
  readonly events: Buffer
}

/** The block at `offset`, or undefined when no whole one is there. */
export function blockAt(bytes: Buffer, offset: number): EventBlock | undefined {
  const length = blockLengthAt(bytes, offset)
  if (length === undefined || offset + length > bytes.length) return undefined
  return {
    length,
    firstSeq: bytes.readDoubleLE(offset + 16),
    count: bytes.readUInt32LE(offset + 12),
    get isSound() {
      return crc32(bytes.subarray(offset + 12, offset + length)) === bytes.readUInt32LE(offset + 8)
    },
    events: bytes.subarray(offset + EVENT_BLOCK_HEAD_BYTES, offset + length),
  }
}

/** How long the block at `offset` says it is, or undefined when none starts there. */
export function blockLengthAt(bytes: Buffer, offset: number): number | undefined {
  if (offset + EVENT_BLOCK_HEAD_BYTES > bytes.length || bytes.readUInt32LE(offset) !== MAGIC) return undefined
  return EVENT_BLOCK_HEAD_BYTES + bytes.readUInt32LE(offset + 4)
}

/** Fills the head of a block whose events already stand after it. */
export function sealBlock(block: Buffer, firstSeq: number, count: number): void {
  block.writeUInt32LE(MAGIC, 0)
  block.writeUInt32LE(block.length - EVENT_BLOCK_HEAD_BYTES, 4)
  block.writeUInt32LE(count, 12)
  block.writeDoubleLE(firstSeq, 16)
  block.writeDoubleLE(0, 24)
  block.writeUInt32LE(crc32(block.subarray(12)), 8)
}
