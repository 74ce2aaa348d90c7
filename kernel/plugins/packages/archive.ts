import { Readable, Transform, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGunzip, gzip } from 'node:zlib'
import { extract as openTar, pack as createTar, type Header } from 'tar-stream'
import { Refusal } from '../../contract/index.ts'
import { isPackagePlace } from './format.ts'
import { packageLimits, type PackageLimits } from './limits.ts'
import { packagesRefusals } from './refusals.ts'

/** Content by path, without the `package/` that npm puts in front. */
export type PackageFiles = ReadonlyMap<string, Buffer>

const ROOT = 'package/'
/** What npm writes into its archives, so that the same files make the same bytes at any time. */
const writtenAt = new Date('1985-10-26T08:15:00Z')
const RATIO_FROM_BYTES = 1024 * 1024
const CHUNK_BYTES = 64 * 1024
/** Byte of a gzip header that names the system; 255 is "unknown", the same on all. */
const GZIP_SYSTEM_BYTE = 9

/** Packs files in the order given, as npm does. The same files make the same bytes. */
export async function writeArchive(files: PackageFiles): Promise<Buffer> {
  const pack = createTar()
  for (const [name, content] of files) {
    pack.entry({ name: ROOT + name, size: content.length, mode: 0o644, mtime: writtenAt }, content)
  }
  pack.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of pack) chunks.push(chunk as Buffer)
  const bytes = await promisify(gzip)(Buffer.concat(chunks), { level: 9 })
  bytes[GZIP_SYSTEM_BYTE] = 255
  return bytes
}

/**
 * Reads a package into memory. Nothing is written anywhere, and reading ends at the first entry, size or count that a
 * package may not have: a bomb is never unpacked further than the limits.
 */
export async function readArchive(
  bytes: Buffer,
  limits = packageLimits,
  isPlace = isPackagePlace,
): Promise<PackageFiles> {
  if (bytes.length > limits.packedBytes) throw exceeds('packed bytes', limits.packedBytes)
  const files = new Map<string, Buffer>()
  const names = new Set<string>()
  const extract = openTar()
  const counted = new UnpackedCounter(bytes.length, limits)
  const reading = (async () => {
    for await (const entry of extract) {
      const { header } = entry
      const name = checkedName(header, names, limits, isPlace)
      if (files.size >= limits.files) throw exceeds('files', limits.files)
      files.set(name, await contentOf(entry, header, limits))
    }
  })()
  try {
    // Both at once: whichever fails first ends the other.
    await Promise.all([pipeline(Readable.from(chunksOf(bytes)), createGunzip(), counted, extract), reading])
  } catch (error) {
    await reading.catch(() => undefined)
    if (error instanceof Refusal) throw error
    throw counted.refusal ?? packagesRefusals.package_not_readable({ reason: reasonOf(error) })
  }
  return files
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES)
}

/** Ends the stream as soon as more comes out of the compression than may. */
class UnpackedCounter extends Transform {
  readonly #packedBytes: number
  readonly #limits: PackageLimits
  #unpacked = 0
  refusal: Refusal | undefined

  constructor(packedBytes: number, limits: PackageLimits) {
    super()
    this.#packedBytes = packedBytes
    this.#limits = limits
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    const { unpackedBytes, ratio } = this.#limits
    this.#unpacked += chunk.length
    if (this.#unpacked > unpackedBytes) this.refusal = exceeds('unpacked bytes', unpackedBytes)
    else if (this.#unpacked > RATIO_FROM_BYTES && this.#unpacked > this.#packedBytes * ratio) {
      this.refusal = exceeds('unpacked bytes for each packed one', ratio)
    }
    done(this.refusal ?? null, chunk)
  }
}

/** The path inside the package; throws what is wrong with the entry. `names` are those before it, in small letters. */
function checkedName(
  header: Header,
  names: Set<string>,
  limits: PackageLimits,
  isPlace: (file: string) => boolean,
): string {
  const { name: entry, type } = header
  const refuse = (reason: string): Refusal =>
    packagesRefusals.package_entry_refused({ entry: entry.slice(0, limits.nameLength), reason })
  if (type !== 'file') throw refuse(`It is a ${String(type)}; packages hold plain files only.`)
  if (entry.length > limits.nameLength) throw refuse(`Its name is longer than ${limits.nameLength} letters.`)
  if (/^([/\\]|[A-Za-z]:)/.test(entry)) throw refuse('Its name is absolute.')
  if (entry.split(/[/\\]/).includes('..')) throw refuse('Its name leads out of the package.')
  if (!entry.startsWith(ROOT)) throw refuse(`It does not lie in ${ROOT}.`)
  const file = entry.slice(ROOT.length)
  if (!isPlace(file)) throw refuse('Packages have no place for a file of this name.')
  const folded = file.toLowerCase()
  if (names.has(folded)) throw refuse('Another entry has this name, or differs in capitals only.')
  names.add(folded)
  return file
}

async function contentOf(
  entry: AsyncIterable<unknown>,
  { name, size }: Header,
  limits: PackageLimits,
): Promise<Buffer> {
  if (size > limits.fileBytes) throw exceeds(`bytes of ${name}`, limits.fileBytes)
  const chunks: Buffer[] = []
  for await (const chunk of entry) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function exceeds(limit: string, max: number): Refusal {
  return packagesRefusals.package_exceeds_limit({ limit, max })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
