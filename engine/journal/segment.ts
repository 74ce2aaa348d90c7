/**
 * One file of the journal: a page that says what it is, then records, then zeros. A record is everything one sync made
 * durable: 32 bytes of head and the commands, under one checksum, chained to the record before it.
 */
import { crc32 } from 'node:zlib'
import type { Limits } from '../core/layout.ts'

export const PAGE_BYTES = 4096
export const RECORD_HEAD_BYTES = 32
const MAGIC = 0x31524a43 // "CJR1"
const FORMAT = 1

export interface SegmentPage {
  readonly format: number
  readonly segment: number
  readonly firstSeq: number
  /** Checksum of the last record of the segment before. */
  readonly previousCrc: number
  readonly limits: Limits
}

/** The journal on disk is not what it should be; the message names the file and the byte. */
export class JournalDamaged extends Error {
  override readonly name = 'JournalDamaged'
}

export function segmentName(segment: number): string {
  return `journal-${String(segment).padStart(8, '0')}.log`
}

export function encodePage(page: Omit<SegmentPage, 'format'>): Buffer {
  const bytes = Buffer.alloc(PAGE_BYTES)
  bytes.write(`${JSON.stringify({ format: FORMAT, ...page })}\n`)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, PAGE_BYTES - 4)), PAGE_BYTES - 4)
  return bytes
}

export function decodePage(bytes: Buffer, name: string): SegmentPage {
  const isWhole =
    bytes.length === PAGE_BYTES &&
    bytes.readUInt32LE(PAGE_BYTES - 4) === crc32(bytes.subarray(0, PAGE_BYTES - 4))
  if (!isWhole)
    throw new JournalDamaged(`${name} is damaged at byte 0: its first page does not match its checksum`)
  const page = JSON.parse(bytes.toString('latin1', 0, bytes.indexOf(10))) as SegmentPage
  if (page.format !== FORMAT) {
    throw new JournalDamaged(`${name} has journal format ${page.format}; this engine reads format ${FORMAT}`)
  }
  return page
}

export interface RecordHead {
  readonly length: number
  readonly crc: number
  readonly firstSeq: number
  readonly count: number
}

/** Fills the head of a record whose commands already stand after it, and returns the record's checksum. */
export function sealRecord(record: Buffer, firstSeq: number, count: number, previousCrc: number): number {
  record.writeUInt32LE(MAGIC, 0)
  record.writeUInt32LE(record.length, 4)
  record.writeUInt32LE(previousCrc, 12)
  record.writeDoubleLE(firstSeq, 16)
  record.writeUInt32LE(count, 24)
  record.writeUInt32LE(0, 28)
  const crc = crc32(record.subarray(12))
  record.writeUInt32LE(crc, 8)
  return crc
}

/** The record at `offset`, or undefined when there is no whole and sound one. `previousCrc` undefined: any chain. */
export function recordAt(bytes: Buffer, offset: number, previousCrc?: number): RecordHead | undefined {
  if (offset + RECORD_HEAD_BYTES > bytes.length || bytes.readUInt32LE(offset) !== MAGIC) return undefined
  const length = bytes.readUInt32LE(offset + 4)
  if (length < RECORD_HEAD_BYTES || offset + length > bytes.length) return undefined
  if (previousCrc !== undefined && bytes.readUInt32LE(offset + 12) !== previousCrc) return undefined
  const crc = bytes.readUInt32LE(offset + 8)
  if (crc32(bytes.subarray(offset + 12, offset + length)) !== crc) return undefined
  return { length, crc, firstSeq: bytes.readDoubleLE(offset + 16), count: bytes.readUInt32LE(offset + 24) }
}

/** The first sound record after `offset`, whatever it is chained to: proof that what is at `offset` is no torn tail. */
export function soundRecordAfter(bytes: Buffer, offset: number): number {
  const magic = Buffer.alloc(4)
  magic.writeUInt32LE(MAGIC)
  for (let at = bytes.indexOf(magic, offset + 8); at >= 0; at = bytes.indexOf(magic, at + 4)) {
    if (recordAt(bytes, at)) return at
  }
  return -1
}
