import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { canonicalJson } from '../../broker/index.ts'
import { assetsDirectory } from '../asset-files.ts'
import type { ReadPlugin } from '../catalogue.ts'
import { readPluginFolder } from '../folder.ts'
import { CSS_FILE, MODULE_FILE, SSR_FILE } from '../pages/page-build.ts'
import type { PluginPages } from '../pages/page-builder.ts'
import { writeArchive, type PackageFiles } from './archive.ts'
import {
  CANDIDATES_FILE,
  DECLARATION_FILE,
  isPackagePlace,
  PACKAGE_FILE,
  PACKAGE_KEYWORD,
  SERVER_FILE,
  SERVER_MAP_FILE,
  SIGNATURE_FILE,
  type PackageDeclaration,
} from './format.ts'
import { readPackage, sha256, type PackageContent } from './package-file.ts'
import { signDeclaration } from './signature.ts'

export interface PackOptions {
  /** Where the page builder has put the pages. */
  readonly dataDirectory: string
  readonly pages: PluginPages
  readonly kernelVersion: string
}

/** Makes a package of a plugin that was read from its folder. The same plugin makes the same bytes. */
export async function packPlugin(plugin: ReadPlugin, options: PackOptions): Promise<PackageContent> {
  const { manifest, bundle } = plugin
  const files = new Map<string, Buffer>([
    [PACKAGE_FILE, await npmPackage(plugin)],
    [SERVER_FILE, Buffer.from(bundle.code)],
    [SERVER_MAP_FILE, Buffer.from(bundle.map)],
    ...(await ownFiles(plugin)),
    ...(await pageFiles(manifest.id, options)),
  ])
  // Whatever was packed must be readable by whom it is for.
  return readPackage(await packFiles(files, manifest, options.kernelVersion))
}

/** Files with the list of their hashes, as every kind of package has it. */
export async function packFiles(
  files: PackageFiles,
  manifest: object,
  kernelVersion: string,
): Promise<Buffer> {
  const sorted = [...files].sort(([left], [right]) => (left < right ? -1 : 1))
  const declaration: PackageDeclaration<object> = {
    format: 1,
    manifest,
    files: Object.fromEntries(sorted.map(([file, content]) => [file, sha256(content)])),
    builtWith: { kernel: kernelVersion },
  }
  return archiveOf(new Map(sorted), Buffer.from(canonicalJson(declaration)))
}

/** The package once more, with a signature over its declaration. */
export async function signPackage(content: PackageContent, privateKey: string): Promise<PackageContent> {
  return readPackage(await signFiles(content, privateKey))
}

/** The bytes of any kind of package, signed. */
export function signFiles(
  { files, declarationBytes }: Pick<PackageContent, 'files' | 'declarationBytes'>,
  privateKey: string,
): Promise<Buffer> {
  const signature = Buffer.from(canonicalJson(signDeclaration(declarationBytes, privateKey)))
  return archiveOf(files, declarationBytes, signature)
}

/** npm wants its own file first; what a reader decides by follows. */
function archiveOf(files: PackageFiles, declaration: Buffer, signature?: Buffer): Promise<Buffer> {
  const first = new Map([
    [PACKAGE_FILE, files.get(PACKAGE_FILE) as Buffer],
    [DECLARATION_FILE, declaration],
    ...(signature ? [[SIGNATURE_FILE, signature] as const] : []),
  ])
  const rest = [...files].filter(([file]) => !first.has(file) && file !== SIGNATURE_FILE)
  return writeArchive(new Map([...first, ...rest]))
}

/** What lies in the folder and goes into the package as it is. */
async function ownFiles({ directory, files }: ReadPlugin): Promise<[string, Buffer][]> {
  const own = files.filter(
    (file) => isPackagePlace(file) && file !== PACKAGE_FILE && !file.startsWith('pages/'),
  )
  return Promise.all(
    own.map(async (file): Promise<[string, Buffer]> => [file, await readFile(path.join(directory, file))]),
  )
}

async function pageFiles(
  pluginId: string,
  { dataDirectory, pages }: PackOptions,
): Promise<readonly [string, Buffer][]> {
  const apps = Object.entries(pages).map(async ([app, { hash, candidates }]) => {
    const directory = path.join(assetsDirectory(dataDirectory), pluginId, hash)
    const { files } = await readPluginFolder(directory)
    // Compressed forms lie beside them; whoever installs the package makes his own.
    const isBuilt = (file: string): boolean =>
      [MODULE_FILE, CSS_FILE, SSR_FILE].includes(file) || /^chunks\/.*\.js$/.test(file)
    const built = files.filter(isBuilt).map(async (file): Promise<[string, Buffer]> => {
      return [`pages/${app}/${file}`, await readFile(path.join(directory, file))]
    })
    const scanned = Buffer.from(JSON.stringify(candidates))
    return [...(await Promise.all(built)), [`pages/${app}/${CANDIDATES_FILE}`, scanned] as [string, Buffer]]
  })
  return (await Promise.all(apps)).flat()
}

/** What npm and its registries are told; nothing of it is used to run the plugin. */
async function npmPackage({ directory, manifest }: ReadPlugin): Promise<Buffer> {
  const own = await readFile(path.join(directory, PACKAGE_FILE), 'utf8')
    .then((text) => JSON.parse(text) as { readonly name?: string; readonly license?: string })
    .catch(() => ({ name: undefined, license: undefined }))
  const { id, version, summary, publisher, category } = manifest
  const about = {
    name: own.name ?? `@cambium/plugin-${id}`,
    version,
    description: summary,
    keywords: [PACKAGE_KEYWORD, category],
    author: publisher,
    ...(own.license === undefined ? {} : { license: own.license }),
  }
  return Buffer.from(`${JSON.stringify(about, null, 2)}\n`)
}
