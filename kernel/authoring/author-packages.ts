import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { writeArchive } from '../plugins/index.ts'
import { root } from '../setup/index.ts'
import type { AuthorPackage } from './author-package.ts'
import { makeKernelPackage } from './kernel-package.ts'
import { makeKitPackage } from './kit-package.ts'
import { kernelDirectory, workspaceManifest } from './place.ts'
import { thirdPartyNotices } from './third-party.ts'

export interface PublishedPackage {
  readonly name: string
  readonly version: string
  /** As npm names it: `cambium-kernel-0.1.0.tgz`. */
  readonly file: string
  readonly bytes: Buffer
  /** What is in it. */
  readonly files: ReadonlyMap<string, Buffer>
}

/** Makes both author packages from the sources of this checkout. */
export async function buildAuthorPackages(): Promise<readonly PublishedPackage[]> {
  const parent = path.join(root, '.data')
  await mkdir(parent, { recursive: true })
  const draft = await mkdtemp(path.join(parent, 'author-packages-'))
  try {
    const { version, license } = await workspaceManifest(kernelDirectory)
    const made = await Promise.all([
      makeKernelPackage(path.join(draft, 'kernel')),
      makeKitPackage(path.join(draft, 'kit'), version),
    ])
    return await Promise.all(made.map((content) => publish(content, { version, license })))
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function publish(
  { name, manifest, files, takenIn }: AuthorPackage,
  { version, license }: { readonly version: string; readonly license: string },
): Promise<PublishedPackage> {
  const about = { name, version, license, ...manifest, engines: { node: '>=24' } }
  const short = name.replace('@cambium/', '')
  const all = new Map<string, string | Buffer>([
    ['package.json', `${JSON.stringify(about, null, 2)}\n`],
    ['README.md', await readFile(path.join(kernelDirectory, 'authoring/readme', `${short}.md`))],
    ['LICENSE', await readFile(path.join(root, 'LICENSE'))],
    ...(takenIn.length === 0 ? [] : [['THIRD-PARTY.md', await thirdPartyNotices(takenIn)] as const]),
    ...[...files].toSorted(([left], [right]) => (left < right ? -1 : 1)),
  ])
  const archive = new Map([...all].map(([file, content]) => [file, Buffer.from(content)]))
  const bytes = await writeArchive(archive)
  return { name, version, file: `cambium-${short}-${version}.tgz`, bytes, files: archive }
}
