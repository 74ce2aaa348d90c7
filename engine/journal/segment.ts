/**
 * One file of the journal: a page that says what it is, then records, then zeros. A record is everything one sync made
 * durable: a head, the commands and a footer, under one checksum, chained to the record before it.
 */
import { crc32 } from 'node:zlib'
import type { Limits } from '../core/layout.ts'
import { isZero } from './disk.ts'

export const PAGE_BYTES = 4096
export const RECORD_HEAD_BYTES = 48
export const RECORD_FOOT_BYTES = 8
const SECTOR_BYTES = 512
const MAGIC = 0x32524a43 // "CJR2"
const FOOT_MAGIC = 0x32464a43 // "CJF2"
const FORMAT = 2

export interface SegmentPage {
  readonly format: number
  /** The same in all files of one journal, and in no other's. */
  readonly journal: string
  readonly segment: number
  readonly firstSeq: number
  /** Checksum of the last record of the segment before, and where that record ends in it. */
  readonly previousCrc: number
  readonly previousEnd: number
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
  readonly previousCrc: number
  readonly firstSeq: number
  readonly count: number
  /** How many events the commands caused: the next record starts with seq `firstSeq + events`. */
  readonly events: number
  /** Milliseconds since 1970, by the clock of the machine that wrote it. */
  readonly time: number
  readonly epoch: number
}

export type Seal = Omit<RecordHead, 'length' | 'crc'>

/** Fills head and footer of a record whose commands stand between them already, and returns its checksum. */
export function sealRecord(record: Buffer, seal: Seal): number {
  record.writeUInt32LE(MAGIC, 0)
  record.writeUInt32LE(record.length, 4)
  record.writeUInt32LE(seal.previousCrc, 12)
  record.writeDoubleLE(seal.firstSeq, 16)
  record.writeUInt32LE(seal.count, 24)
  record.writeUInt32LE(seal.events, 28)
  record.writeDoubleLE(seal.time, 32)
  record.writeUInt32LE(seal.epoch, 40)
  const check = headCheck(record, 0)
  record.writeUInt32LE(check, 44)
  record.writeUInt32LE(FOOT_MAGIC, record.length - 8)
  record.writeUInt32LE(check, record.length - 4)
  const crc = crc32(record.subarray(12))
  record.writeUInt32LE(crc, 8)
  return crc
}

/** Checks the head by itself, its checksum of the whole excepted; never zero, so zero means that it was not written. */
function headCheck(bytes: Buffer, at: number): number {
  return (crc32(bytes.subarray(at + 12, at + 44), crc32(bytes.subarray(at, at + 8))) | 1) >>> 0
}

function isHead(bytes: Buffer, at: number): boolean {
  return (
    at + RECORD_HEAD_BYTES <= bytes.length &&
    bytes.readUInt32LE(at) === MAGIC &&
    bytes.readUInt32LE(at + 44) === headCheck(bytes, at)
  )
}

/** What a head says, unchecked: of a record that was just sealed. */
export function headOf(bytes: Buffer, at = 0): RecordHead {
  return {
    length: bytes.readUInt32LE(at + 4),
    crc: bytes.readUInt32LE(at + 8),
    previousCrc: bytes.readUInt32LE(at + 12),
    firstSeq: bytes.readDoubleLE(at + 16),
    count: bytes.readUInt32LE(at + 24),
    events: bytes.readUInt32LE(at + 28),
    time: bytes.readDoubleLE(at + 32),
    epoch: bytes.readUInt32LE(at + 40),
  }
}

/** The record at `offset`, or undefined when there is no whole and sound one. `previousCrc` undefined: any chain. */
export function recordAt(bytes: Buffer, offset: number, previousCrc?: number): RecordHead | undefined {
  if (offset + RECORD_HEAD_BYTES > bytes.length || bytes.readUInt32LE(offset) !== MAGIC) return undefined
  const length = bytes.readUInt32LE(offset + 4)
  if (length < RECORD_HEAD_BYTES + RECORD_FOOT_BYTES || offset + length > bytes.length) return undefined
  const head = headOf(bytes, offset)
  if (previousCrc !== undefined && head.previousCrc !== previousCrc) return undefined
  return crc32(bytes.subarray(offset + 12, offset + length)) === head.crc ? head : undefined
}

/** The commands of a record, without head and footer. */
export function commandsOf(record: Buffer): Buffer {
  return record.subarray(RECORD_HEAD_BYTES, record.length - RECORD_FOOT_BYTES)
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

/**
 * What stands where the next record is due: nothing, a write that was interrupted, or a record that was written whole
 * and is not sound any more. A disk writes sectors, into what were zeros, and a killed process leaves a beginning: an
 * interrupted write always lacks a whole sector or its end. A record that lacks neither has been written, and may
 * have been answered.
 */
export function tailAt(bytes: Buffer, offset: number): 'empty' | 'torn' | 'damaged' {
  if (isZero(bytes, offset)) return 'empty'
  if (isHead(bytes, offset)) return isWritten(bytes, offset) ? 'damaged' : 'torn'
  const headEnd = Math.min(offset + RECORD_HEAD_BYTES, bytes.length)
  const border = Math.ceil((offset + 1) / SECTOR_BYTES) * SECTOR_BYTES
  // The head's sector is missing, or one of its two is.
  if (isZero(bytes, offset, Math.min(border, headEnd))) return 'torn'
  if (border < headEnd && isZero(bytes, border, headEnd)) return 'torn'
  // After a head that was cut short nothing else was written.
  return isZero(bytes, headEnd) ? 'torn' : 'damaged'
}

function isWritten(bytes: Buffer, offset: number): boolean {
  const end = offset + bytes.readUInt32LE(offset + 4)
  if (end > bytes.length) return true
  for (let at = offset; at < end;) {
    const next = Math.min(end, (Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES)
    if (isZero(bytes, at, next)) return false
    at = next
  }
  return !isZero(bytes, end - RECORD_FOOT_BYTES, end)
}
