import { createHash } from 'node:crypto'
import type { Refusal } from '../../contract/index.ts'
import { manifestShapeProblems } from '../manifest-schema.ts'
import { readArchive, type PackageFiles } from './archive.ts'
import {
  DECLARATION_FILE,
  declarationProblems,
  npmPackageProblems,
  PACKAGE_FILE,
  SERVER_FILE,
  SERVER_MAP_FILE,
  SIGNATURE_FILE,
  signatureProblems,
  type PackageDeclaration,
  type PackageSignature,
} from './format.ts'
import { packageLimits } from './limits.ts'
import { packagesRefusals } from './refusals.ts'

/** A package whose files are those it lists. Who made it, and whether its code is what it says, is not known yet. */
export interface PackageContent {
  /** sha256 of all its bytes, hex: its name everywhere. */
  readonly digest: string
  readonly bytes: Buffer
  readonly files: PackageFiles
  /** As npm knows it. */
  readonly name: string
  readonly declaration: PackageDeclaration
  /** The bytes that were signed. */
  readonly declarationBytes: Buffer
  readonly signature: PackageSignature | null
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Reads a package and compares every file with the list. Throws refusals that name what is wrong. */
export async function readPackage(bytes: Buffer, limits = packageLimits): Promise<PackageContent> {
  const files = await readArchive(bytes, limits)
  const declarationBytes = files.get(DECLARATION_FILE)
  if (!declarationBytes) throw unreadable(`It has no ${DECLARATION_FILE}.`)
  if (declarationBytes.length > limits.declarationBytes) {
    const limit = `bytes of ${DECLARATION_FILE}`
    throw packagesRefusals.package_exceeds_limit({ limit, max: limits.declarationBytes })
  }
  const declaration = parsed(DECLARATION_FILE, declarationBytes, declarationProblems) as PackageDeclaration
  const problems = manifestShapeProblems(declaration.manifest)
  if (problems.length > 0) throw unreadable(`The manifest is not shaped as one: ${problems.join(' ')}`)
  checkFiles(files, declaration)
  const signatureBytes = files.get(SIGNATURE_FILE)
  return {
    digest: sha256(bytes),
    bytes,
    files,
    name: npmName(files, declaration),
    declaration,
    declarationBytes,
    signature: signatureBytes
      ? (parsed(SIGNATURE_FILE, signatureBytes, signatureProblems) as PackageSignature)
      : null,
  }
}

function checkFiles(files: PackageFiles, { files: listed }: PackageDeclaration): void {
  const differs = (file: string, reason: string): Refusal =>
    packagesRefusals.package_file_differs({ file, reason })
  for (const [file, content] of files) {
    if (file === DECLARATION_FILE || file === SIGNATURE_FILE) continue
    if (!Object.hasOwn(listed, file)) throw differs(file, `It is not listed in ${DECLARATION_FILE}.`)
    if (sha256(content) !== listed[file]) throw differs(file, 'Its content has another hash than is listed.')
  }
  for (const file of [...Object.keys(listed), PACKAGE_FILE, SERVER_FILE, SERVER_MAP_FILE]) {
    if (!files.has(file)) throw differs(file, 'It is not in the package.')
  }
}

/** What npm says of the package must be what the manifest says: people choose by the one and run the other. */
function npmName(files: PackageFiles, { manifest }: PackageDeclaration): string {
  const { name, version } = parsed(PACKAGE_FILE, files.get(PACKAGE_FILE) as Buffer, npmPackageProblems) as {
    name: string
    version: string
  }
  const { id } = manifest
  if (version !== manifest.version) {
    throw unreadable(`${PACKAGE_FILE} says version ${version}, the manifest ${manifest.version}.`)
  }
  if (!isNameOf(name, id)) throw unreadable(`${PACKAGE_FILE} says ${name}, which does not end in ${id}.`)
  return name
}

/** `@scope/plugin-staking`, `cambium-plugin-staking` and `staking` are names for `staking`. */
function isNameOf(name: string, id: string): boolean {
  return name === id || name.endsWith(`-${id}`) || name.endsWith(`/${id}`)
}

function parsed(file: string, bytes: Buffer, problemsOf: (value: unknown) => readonly string[]): unknown {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw unreadable(`${file} is no JSON.`)
  }
  const problems = problemsOf(value)
  if (problems.length > 0) throw unreadable(problems.join(' '))
  return value
}

function unreadable(reason: string): Refusal {
  return packagesRefusals.package_not_readable({ reason })
}
