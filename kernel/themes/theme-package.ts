import {
  kernelVersion,
  packFiles,
  readPackageOf,
  signFiles,
  type PackageContent,
  type PackageKind,
} from '../plugins/index.ts'
import { manifestProblems, type ThemeManifest } from './manifest.ts'
import { readThemeFolder } from './theme-folder.ts'
import { themeOf, type Theme } from './theme-source.ts'

const places: readonly RegExp[] = [
  /^(package\.json|cambium\.json|cambium\.sig|LICENSE|README\.md|CHANGELOG\.md)$/,
  /^logos\/[a-z0-9-]+\.svg$/,
  /^fonts\/[A-Za-z0-9][A-Za-z0-9._-]*\.(woff2|license\.txt)$/,
]

/** No code of any kind has a place in it: what a theme's parts do comes with a plugin. */
const themePackage: PackageKind = {
  isPlace: (file) => places.some((place) => place.test(file)),
  required: [],
  manifestProblems,
}

const PACKAGE_KEYWORD = 'cambium-theme'

export type ThemePackage = PackageContent<ThemeManifest>

/** Throws refusals that name the entry, file, logo or font that may not be in a theme's package. */
export async function readThemePackage(
  bytes: Buffer,
): Promise<{ readonly content: ThemePackage; readonly read: (signature: Theme['signature']) => Theme }> {
  const content = await readPackageOf<ThemeManifest>(themePackage, bytes)
  const read = (signature: Theme['signature']): Theme =>
    themeOf(content.declaration.manifest, content.files, { source: 'package', signature })
  return { content, read }
}

/** The same theme makes the same bytes. */
export async function packTheme({
  manifest,
  files,
}: Pick<Theme, 'manifest' | 'files'>): Promise<ThemePackage> {
  const { id, version, summary, publisher } = manifest
  const about = {
    name: `@cambium/theme-${id}`,
    version,
    description: summary,
    keywords: [PACKAGE_KEYWORD],
    author: publisher,
  }
  const npmPackage = Buffer.from(`${JSON.stringify(about, null, 2)}\n`)
  const all = new Map([['package.json', npmPackage], ...files])
  return (await readThemePackage(await packFiles(all, manifest, kernelVersion))).content
}

/** Makes a package of a theme's folder, without any platform. */
export async function packThemeFolder(directory: string, privateKey?: string): Promise<ThemePackage> {
  const packed = await packTheme(await readThemeFolder(directory))
  if (privateKey === undefined) return packed
  return (await readThemePackage(await signFiles(packed, privateKey))).content
}
