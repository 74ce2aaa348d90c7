import { createHash } from 'node:crypto'
import type { Refusal } from '../../contract/index.ts'
import type { PluginManifest } from '../manifest.ts'
import { manifestShapeProblems } from '../manifest-schema.ts'
import { readArchive, type PackageFiles } from './archive.ts'
import {
  DECLARATION_FILE,
  declarationProblems,
  isPackagePlace,
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
export interface PackageContent<M extends PackagedThing = PluginManifest> {
  /** sha256 of all its bytes, hex: its name everywhere. */
  readonly digest: string
  readonly bytes: Buffer
  readonly files: PackageFiles
  /** As npm knows it. */
  readonly name: string
  readonly declaration: PackageDeclaration<M>
  /** The bytes that were signed. */
  readonly declarationBytes: Buffer
  readonly signature: PackageSignature | null
}

/** What every manifest says of what it is one of. */
export interface PackagedThing {
  readonly id: string
  readonly version: string
  readonly publisher: string
}

/** What a package is a package of: plugins are one kind, themes another. */
export interface PackageKind {
  readonly isPlace: (file: string) => boolean
  /** Files it cannot be without. */
  readonly required: readonly string[]
  /** Sentences about where a manifest is not shaped as one of this kind. */
  readonly manifestProblems: (manifest: unknown) => readonly string[]
}

const pluginPackage: PackageKind = {
  isPlace: isPackagePlace,
  required: [SERVER_FILE, SERVER_MAP_FILE],
  manifestProblems: (manifest) => manifestShapeProblems(manifest as PluginManifest),
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Reads a package and compares every file with the list. Throws refusals that name what is wrong. */
export async function readPackage(bytes: Buffer, limits = packageLimits): Promise<PackageContent> {
  return readPackageOf<PluginManifest>(pluginPackage, bytes, limits)
}

/** The same for another kind of package, whose `manifestProblems` vouches for `M`. */
export async function readPackageOf<M extends PackagedThing>(
  kind: PackageKind,
  bytes: Buffer,
  limits = packageLimits,
): Promise<PackageContent<M>> {
  const files = await readArchive(bytes, limits, kind.isPlace)
  const declarationBytes = files.get(DECLARATION_FILE)
  if (!declarationBytes) throw unreadable(`It has no ${DECLARATION_FILE}.`)
  if (declarationBytes.length > limits.declarationBytes) {
    const limit = `bytes of ${DECLARATION_FILE}`
    throw packagesRefusals.package_exceeds_limit({ limit, max: limits.declarationBytes })
  }
  const declaration = parsed(DECLARATION_FILE, declarationBytes, declarationProblems) as PackageDeclaration<M>
  const problems = kind.manifestProblems(declaration.manifest)
  if (problems.length > 0) throw unreadable(`The manifest is not shaped as one: ${problems.join(' ')}`)
  checkFiles(files, declaration, kind)
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

function checkFiles(
  files: PackageFiles,
  { files: listed }: PackageDeclaration<unknown>,
  { required }: PackageKind,
): void {
  const differs = (file: string, reason: string): Refusal =>
    packagesRefusals.package_file_differs({ file, reason })
  for (const [file, content] of files) {
    if (file === DECLARATION_FILE || file === SIGNATURE_FILE) continue
    if (!Object.hasOwn(listed, file)) throw differs(file, `It is not listed in ${DECLARATION_FILE}.`)
    if (sha256(content) !== listed[file]) throw differs(file, 'Its content has another hash than is listed.')
  }
  for (const file of [...Object.keys(listed), PACKAGE_FILE, ...required]) {
    if (!files.has(file)) throw differs(file, 'It is not in the package.')
  }
}

/** What npm says of the package must be what the manifest says: people choose by the one and run the other. */
function npmName(files: PackageFiles, { manifest }: PackageDeclaration<PackagedThing>): string {
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
