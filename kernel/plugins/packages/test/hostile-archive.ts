import { gzipSync } from 'node:zlib'
import { pack, type Header } from 'tar-stream'
import { canonicalJson } from '../../../broker/index.ts'
import { writeArchive } from '../archive.ts'
import { DECLARATION_FILE, SIGNATURE_FILE, type PackageDeclaration } from '../format.ts'
import { sha256, type PackageContent } from '../package-file.ts'
import { signDeclaration } from '../signature.ts'

/** An entry as an attacker would write it: any name, any type. */
export type RawEntry = Partial<Header> & { readonly name: string; readonly content?: Buffer | string }

/** Packs entries as they are, without any of the rules. */
export async function rawArchive(entries: readonly RawEntry[]): Promise<Buffer> {
  const tar = pack()
  for (const { content = '', ...header } of entries) {
    tar.entry({ ...header, size: Buffer.byteLength(content) }, content)
  }
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return gzipSync(Buffer.concat(chunks))
}

/** The entries of a good package with others behind them. */
export function entriesOf({ files }: PackageContent): RawEntry[] {
  return [...files].map(([name, content]) => ({ name: `package/${name}`, content }))
}

export interface Forgery {
  readonly files?: Readonly<Record<string, Buffer | string | null>>
  readonly declaration?: (declaration: PackageDeclaration) => unknown
  /** Lists and signs what was changed, as the publisher himself would. */
  readonly privateKey?: string
}

/** A package changed after it was packed. */
export async function forge(
  { files, declaration }: PackageContent,
  { files: changes = {}, declaration: redeclare = (one) => one, privateKey }: Forgery,
): Promise<Buffer> {
  const forged = new Map(files)
  for (const [file, content] of Object.entries(changes)) {
    if (content === null) forged.delete(file)
    else forged.set(file, Buffer.from(content))
  }
  const listed = [...forged].filter(([file]) => ![DECLARATION_FILE, SIGNATURE_FILE].includes(file))
  const hashes = Object.fromEntries(listed.map(([file, content]) => [file, sha256(content)]))
  const next = redeclare(privateKey === undefined ? declaration : { ...declaration, files: hashes })
  const bytes = Buffer.from(canonicalJson(next))
  if (!Object.hasOwn(changes, DECLARATION_FILE)) forged.set(DECLARATION_FILE, bytes)
  if (privateKey !== undefined) {
    forged.set(SIGNATURE_FILE, Buffer.from(canonicalJson(signDeclaration(bytes, privateKey))))
  }
  return writeArchive(forged)
}
