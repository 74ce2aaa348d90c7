import { Enum, Object, Record, String, Unknown, type TSchema } from 'typebox'
import { Errors } from 'typebox/value'
import type { PluginManifest } from '../manifest.ts'

/** Of one file; a package made to be wrong everywhere must not become a long answer. */
const PROBLEMS_MAX = 5

export const DECLARATION_FILE = 'cambium.json'
export const SIGNATURE_FILE = 'cambium.sig'
export const PACKAGE_FILE = 'package.json'
export const SERVER_FILE = 'server.cjs'
export const SERVER_MAP_FILE = 'server.cjs.map'
export const CANDIDATES_FILE = 'candidates.json'
export const PACKAGE_KEYWORD = 'cambium-plugin'

/** `cambium.json`: what the package is, and a hash of each of its other files. This is what gets signed. */
export interface PackageDeclaration<M = PluginManifest> {
  readonly format: 1
  readonly manifest: M
  /** By path: sha256, hex. All files but this one and the signature. */
  readonly files: Readonly<Record<string, string>>
  readonly builtWith: { readonly kernel: string }
}

/** `cambium.sig`. */
export interface PackageSignature {
  readonly algorithm: 'ed25519'
  /** First 16 letters of the public key's sha256. */
  readonly keyId: string
  /** PEM. Trusted by nobody for being here; it lets the operator see whom to trust. */
  readonly publicKey: string
  /** Base64, over the bytes of `cambium.json`. */
  readonly signature: string
}

const closed = { additionalProperties: false }
const hex = String({ pattern: '^[0-9a-f]{64}$' })

const Declaration = Object(
  {
    format: Enum([1]),
    manifest: Object({}),
    files: Record(String(), hex),
    builtWith: Object({ kernel: String({ maxLength: 64 }) }),
  },
  closed,
)

const Signature = Object(
  {
    algorithm: Enum(['ed25519']),
    keyId: String({ pattern: '^[0-9a-f]{16}$' }),
    publicKey: String({ maxLength: 400 }),
    signature: String({ pattern: '^[A-Za-z0-9+/]{86}==$' }),
  },
  closed,
)

const NpmPackage = Object({ name: String({ maxLength: 214 }), version: String(), keywords: Unknown() })

/** Sentences about where a JSON value is not shaped as its file must be. */
function problemsOf(schema: TSchema, file: string, value: unknown): readonly string[] {
  return Errors(schema, value)
    .slice(0, PROBLEMS_MAX)
    .map(({ instancePath, message }) => `${file}${instancePath} ${message}.`)
}

export function declarationProblems(value: unknown): readonly string[] {
  return problemsOf(Declaration, DECLARATION_FILE, value)
}

export function signatureProblems(value: unknown): readonly string[] {
  return problemsOf(Signature, SIGNATURE_FILE, value)
}

export function npmPackageProblems(value: unknown): readonly string[] {
  return problemsOf(NpmPackage, PACKAGE_FILE, value)
}

const places: readonly RegExp[] = [
  /^(package\.json|cambium\.json|cambium\.sig|server\.cjs|server\.cjs\.map|LICENSE|README\.md|CHANGELOG\.md)$/,
  /^locales\/[a-z]{2}(-[A-Z]{2})?\.json$/,
  /^routes\/([A-Za-z0-9][A-Za-z0-9._-]*\/)*[A-Za-z0-9][A-Za-z0-9._-]*\.ts$/,
  /^pages\/(portal|admin)\/(candidates\.json|module\.js|style\.css|ssr\.cjs|chunks\/[A-Za-z0-9_][A-Za-z0-9._-]*\.js)$/,
  /^screenshots\/[A-Za-z0-9][A-Za-z0-9._-]*\.(png|jpg|webp)$/,
]

/** Whether a package may hold a file of this path. What is not named here has no use, and so no place. */
export function isPackagePlace(file: string): boolean {
  return places.some((place) => place.test(file))
}
