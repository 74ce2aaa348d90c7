/**
 * A snapshot: the engine's state between two records of the journal. A page that says what it is, then blocks with a
 * checksum each, then a last block that counts them, so that one cut short is known.
 */
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Limits } from '../core/layout.ts'
import type { EngineState } from '../core/state.ts'
import { readAll, type Disk } from './disk.ts'
import type { JournalPosition } from './replay.ts'
import { PAGE_BYTES } from './segment.ts'
import { partsOf, sections, StateLoader, type Part } from './state-tables.ts'

const FORMAT = 1
const BLOCK_HEAD_BYTES = 24
const MAGIC = 0x314e5343 // "CSN1"
const LAST = 0xffffffff
const WRITE_BYTES = 4 << 20

/** What a snapshot's page says. */
export interface SnapshotPage extends JournalPosition {
  readonly format: number
  readonly journal: string
  readonly limits: Limits
  readonly epoch: number
  /** Of the memory it holds; see `layoutMark`. */
  readonly layout: string
  readonly hash: string
  /** Milliseconds since 1970 of the last record in it. */
  readonly time: number
  readonly sections: readonly string[]
}

/** This snapshot cannot be used; the message names the file and why. An older one, or the journal, may still do. */
export class SnapshotUnusable extends Error {
  override readonly name = 'SnapshotUnusable'
}

export function snapshotName(seqNext: number): string {
  return `snapshot-${String(seqNext - 1).padStart(16, '0')}.snap`
}

/** Names of the folder's snapshots, newest first. */
export async function snapshotNames(disk: Disk, folder: string): Promise<string[]> {
  const names = await disk.list(folder)
  return names.filter((name) => /^snapshot-\d{16}\.snap$/.test(name)).reverse()
}

function encodePage(page: SnapshotPage): Buffer {
  const bytes = Buffer.alloc(PAGE_BYTES)
  bytes.write(`${JSON.stringify(page)}\n`)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, PAGE_BYTES - 4)), PAGE_BYTES - 4)
  return bytes
}

function decodePage(bytes: Buffer, name: string): SnapshotPage {
  const isWhole = bytes.length === PAGE_BYTES
  if (!isWhole || bytes.readUInt32LE(PAGE_BYTES - 4) !== crc32(bytes.subarray(0, PAGE_BYTES - 4))) {
    throw new SnapshotUnusable(`${name} is damaged at byte 0: its first page does not match its checksum`)
  }
  const page = JSON.parse(bytes.toString('latin1', 0, bytes.indexOf(10))) as SnapshotPage
  if (page.format !== FORMAT) {
    throw new SnapshotUnusable(
      `${name} has snapshot format ${page.format}; this engine reads format ${FORMAT}`,
    )
  }
  return page
}

export async function readSnapshotPage(disk: Disk, folder: string, name: string): Promise<SnapshotPage> {
  const file = await disk.open(join(folder, name), 'read')
  try {
    return decodePage(await file.read(PAGE_BYTES, 0), name)
  } finally {
    await file.close()
  }
}

function encodeBlock({ section, offset, bytes }: Part): Buffer {
  const block = Buffer.allocUnsafe(BLOCK_HEAD_BYTES + bytes.length)
  block.writeUInt32LE(MAGIC, 0)
  block.writeUInt32LE(section, 8)
  block.writeUInt32LE(bytes.length, 12)
  block.writeDoubleLE(offset, 16)
  block.set(bytes, BLOCK_HEAD_BYTES)
  block.writeUInt32LE(crc32(block.subarray(8)), 4)
  return block
}

/** The name of one that is not finished, or not yet proved. */
export const SNAPSHOT_NEXT = 'snapshot-next'

/** Writes the file under a name of its own first: what bears a snapshot's name is whole, on disk and proved. */
export async function writeSnapshot(
  disk: Disk,
  folder: string,
  { state, page }: { state: EngineState; page: Omit<SnapshotPage, 'format' | 'sections'> },
): Promise<number> {
  const path = join(folder, SNAPSHOT_NEXT)
  const file = await disk.open(path, 'create')
  let at = 0
  let waiting: Buffer[] = [encodePage({ format: FORMAT, ...page, sections })]
  let waitingBytes = PAGE_BYTES
  const write = async (): Promise<void> => {
    await file.write(Buffer.concat(waiting), at)
    at += waitingBytes
    waiting = []
    waitingBytes = 0
  }
  const add = async (part: Part): Promise<void> => {
    waiting.push(encodeBlock(part))
    waitingBytes += BLOCK_HEAD_BYTES + part.bytes.length
    if (waitingBytes >= WRITE_BYTES) await write()
  }
  try {
    let count = 0
    for (const part of partsOf(state)) {
      await add(part)
      count++
    }
    await add({ section: LAST, offset: count, bytes: new Uint8Array(0) })
    await write()
    await file.sync()
  } catch (error) {
    await disk.remove(path).catch(() => undefined)
    throw error
  } finally {
    await file.close()
  }
  return at
}

/** Gives the file that was written its name. */
export async function publishSnapshot(disk: Disk, folder: string, seqNext: number): Promise<string> {
  const name = snapshotName(seqNext)
  await disk.rename(join(folder, SNAPSHOT_NEXT), join(folder, name))
  await disk.syncFolder(folder)
  return name
}

/** Reads a snapshot into `state`, which was just created with its limits. Throws `SnapshotUnusable`. */
export async function loadSnapshot(
  disk: Disk,
  folder: string,
  { name, state, layout }: { name: string; state: EngineState; layout: string },
): Promise<SnapshotPage> {
  const bytes = await readAll(disk, join(folder, name))
  const page = decodePage(bytes.subarray(0, PAGE_BYTES), name)
  if (page.layout !== layout) {
    throw new SnapshotUnusable(`${name} was made by an engine that lays its memory out otherwise`)
  }
  const loader = new StateLoader(state)
  let at = PAGE_BYTES
  for (let count = 0; ; count++) {
    const part = partAt(bytes, at, name)
    at += BLOCK_HEAD_BYTES + part.bytes.length
    if (part.section !== LAST) loader.add(part)
    else if (part.offset === count && at === bytes.length) break
    else
      throw new SnapshotUnusable(
        `${name} is damaged at byte ${at}: it has other than its ${part.offset} blocks`,
      )
  }
  loader.finish()
  return page
}

function partAt(bytes: Buffer, at: number, name: string): Part {
  const isHead = at + BLOCK_HEAD_BYTES <= bytes.length && bytes.readUInt32LE(at) === MAGIC
  const length = isHead ? bytes.readUInt32LE(at + 12) : 0
  const end = at + BLOCK_HEAD_BYTES + length
  if (!isHead || end > bytes.length || crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32LE(at + 4)) {
    throw new SnapshotUnusable(
      `${name} is damaged at byte ${at}: the block there is cut short or does not match its checksum`,
    )
  }
  return {
    section: bytes.readUInt32LE(at + 8),
    offset: bytes.readDoubleLE(at + 16),
    bytes: bytes.subarray(at + BLOCK_HEAD_BYTES, end),
  }
}
