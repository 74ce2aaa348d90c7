import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { rcompare } from 'semver'
import { implement, ulid, type Implementation, type Principal, type Upload } from '../../broker/index.ts'
import { validationRefusal } from '../../contract/index.ts'
import * as routes from '../routes/packages.ts'
import type { Installed, Packages } from './packages.ts'
import type { Registry } from './registry.ts'

interface Parts {
  readonly packages: Packages
  readonly registry: Registry
  readonly dataDirectory: string
}

/** The code behind the routes of packages and publishers. */
export function packageImplementations(parts: Parts): readonly Implementation<never>[] {
  const { packages, registry, dataDirectory } = parts
  const { publishers } = packages
  const implementations = [
    implement(routes.uploadPackage, async ({ client }) => {
      if (!client?.upload) throw validationRefusal([{ pointer: '#', detail: 'the file is missing' }])
      return answerOf(await packages.install(await received(client.upload, dataDirectory)))
    }),
    implement(routes.fetchPackage, async ({ params: { name, range } }) =>
      answerOf(await packages.install(await registry.fetch(name, range))),
    ),
    implement(routes.searchPackages, async ({ params }) => ({ items: await search(parts, params) })),
    implement(routes.removeRelease, async ({ params: { pluginId, version } }) => {
      await packages.remove(pluginId, version)
      return {}
    }),
    implement(routes.listPublishers, async () => ({ items: [...(await publishers.list())] })),
    implement(routes.trustPublisher, async ({ params: { publicKey, publisher, expiresAt }, principal }) =>
      publishers.trust({
        publicKey,
        publisher,
        trustedBy: nameOf(principal),
        expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
      }),
    ),
    implement(routes.revokePublisher, async ({ params: { keyId } }) => publishers.revoke(keyId)),
    implement(routes.allowUnsigned, async ({ params: { digest }, principal }) => {
      await publishers.allowUnsigned(digest, nameOf(principal))
      return { digest }
    }),
  ] as const
  return implementations as unknown as readonly Implementation<never>[]
}

function answerOf({ steps, ...release }: Installed): routes.InstalledPackage {
  return { ...release, steps: [...steps] }
}

function nameOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.userId : 'operator'
}

/** By way of the disk: many slow uploads at once must not fill the memory. */
async function received(upload: Upload, dataDirectory: string): Promise<Buffer> {
  const directory = path.join(dataDirectory, 'uploads')
  const file = path.join(directory, `${ulid()}.tgz`)
  await mkdir(directory, { recursive: true })
  try {
    await pipeline(Readable.from(upload.read()), createWriteStream(file))
    return await readFile(file)
  } finally {
    await rm(file, { force: true })
  }
}

async function search(
  { packages, registry }: Parts,
  query: { readonly text?: string; readonly scope?: string },
): Promise<routes.RemotePackage[]> {
  const found = await registry.search(query)
  const releases = await packages.all()
  return found.map(({ keywords, ...listed }) => {
    const own = releases.filter(({ name }) => name === listed.name)
    const versions = own.map(({ version }) => version).sort(rcompare)
    const [installedVersion = null] = versions
    return { ...listed, keywords: [...keywords], pluginId: own[0]?.pluginId ?? null, installedVersion }
  })
}
