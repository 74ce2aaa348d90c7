import type { Knex } from 'knex'
import type { Logger } from '../../broker/index.ts'
import type { ReadPlugin } from '../catalogue.ts'
import { sentence } from '../operation-record.ts'
import { OperatorLock } from '../operator-lock.ts'
import type { BrokenRelease, PackageSource, Release } from '../package-source.ts'
import type { PageBuilder } from '../pages/page-builder.ts'
import { pluginsRefusals } from '../refusals.ts'
import type { Surroundings } from '../verification.ts'
import { createArtifactStore } from './artifact-store.ts'
import type { InspectionLimits } from './code-inspection.ts'
import { readInstalled } from './installed.ts'
import { checkCode, checkRules } from './judgement.ts'
import { packPlugin } from './pack.ts'
import { readPackage, type PackageContent } from './package-file.ts'
import { createPublishers, type PublisherKey, type Publishers } from './publishers.ts'
import { packagesRefusals } from './refusals.ts'
import { timeline, type TimedStep } from './timeline.ts'
import { checkClaims, signerOf, type Claim } from './trust.ts'
import { releasesDirectory, unpackArtifact } from './unpacked.ts'

export interface PackagesOptions {
  readonly database: Knex
  readonly dataDirectory: string
  readonly log: Logger
  readonly kernel: Omit<Surroundings, 'others'>
  readonly pageBuilder: Pick<PageBuilder, 'build'>
  /** What the platform brings itself under this id, without looking at packages. */
  readonly bundled: (pluginId: string) => Promise<ReadPlugin | undefined>
  /** Versions of the plugin that serve or can be gone back to. */
  readonly inUse: (pluginId: string) => Promise<readonly string[]>
  readonly inspection?: InspectionLimits
}

type InstallStep = TimedStep<'read' | 'signature' | 'rules' | 'code' | 'keep'>

export interface Installed extends Release {
  readonly steps: readonly InstallStep[]
}

/** Releases beside the bundled folders: where they come from is checked once, when they come. */
export interface Packages extends PackageSource {
  readonly publishers: Publishers
  /** Judges a package whole before anything of it is kept. Throws refusals. Installing never enables. */
  install(bytes: Buffer): Promise<Installed>
  /** Of all plugins, without reading any of them. */
  all(): Promise<readonly Release[]>
  /** Takes one release away that is not needed any more. */
  remove(pluginId: string, version: string): Promise<void>
}

export function createPackages(options: PackagesOptions): Packages {
  const { database, dataDirectory, kernel, log } = options
  const store = createArtifactStore(database)
  const publishers = createPublishers(database)
  const lock = new OperatorLock(database)
  const read = new Map<string, Promise<ReadPlugin>>()

  /** Read once a process: bytes of a digest never change. */
  function readRelease({ digest, source }: Release): Promise<ReadPlugin> {
    const known = read.get(digest)
    if (known) return known
    const reading = unpackArtifact(store, dataDirectory, digest).then((unpacked) =>
      readInstalled(unpacked, { dataDirectory, source }),
    )
    read.set(digest, reading)
    // The next one to ask tries again.
    reading.catch(() => read.delete(digest))
    return reading
  }

  async function readAll(): Promise<readonly (ReadPlugin | BrokenRelease)[]> {
    const all = (await store.releases()).map(async (release) => {
      return readRelease(release).catch((error: unknown): BrokenRelease => {
        const reason = sentence(error)
        log.error(`${release.pluginId} ${release.version} cannot be read`, { reason })
        return { release, reason }
      })
    })
    return Promise.all(all)
  }

  async function claimsOn(pluginId: string): Promise<readonly Claim[]> {
    const bundled = await options.bundled(pluginId)
    const { version = '', publisher = '' } = bundled?.manifest ?? {}
    const own: readonly Claim[] = bundled ? [{ version, publisher, signature: 'bundled', digest: null }] : []
    return [...own, ...(await store.releases(pluginId))]
  }

  async function keepInstalled(content: PackageContent, signer: PublisherKey | null): Promise<Release> {
    const { digest, name, declaration, bytes } = content
    const { id: pluginId, version, publisher } = declaration.manifest
    return lock.run(async () => {
      // Once more, now that nobody else can install at the same time.
      checkClaims(content, signer, await claimsOn(pluginId))
      const signature = signer ? 'signed' : 'unsigned'
      const keyId = signer?.keyId ?? null
      return store.keep(
        { pluginId, version, digest, name, source: 'package', publisher, signature, keyId },
        bytes,
      )
    })
  }

  return {
    publishers,
    list: async () => (await readAll()).filter((one): one is ReadPlugin => 'manifest' in one),
    all: () => store.releases(),
    broken: async () => (await readAll()).filter((one): one is BrokenRelease => 'release' in one),
    find: async (pluginId, version) => {
      const release = (await store.releases(pluginId)).find((one) => one.version === version)
      return release && readRelease(release)
    },
    releases: (pluginId) => store.releases(pluginId),
    keyState: (keyId) => publishers.stateOf(keyId),
    install: async (bytes) => {
      const { steps, step } = timeline<InstallStep['name']>()
      const content = await step('read', () => readPackage(bytes))
      const { manifest } = content.declaration
      const signer = await step('signature', () => signerOf(content, publishers))
      await step('rules', async () => {
        checkClaims(content, signer, await claimsOn(manifest.id))
        await checkRules(content, kernel, releasesDirectory(dataDirectory))
      })
      await step('code', () => checkCode(content, options.inspection))
      const release = await step('keep', () => keepInstalled(content, signer))
      return { ...release, steps }
    },
    keep: async (plugin) => {
      const pages = await options.pageBuilder.build(plugin)
      const { kernelVersion } = kernel
      const { digest, name, bytes } = await packPlugin(plugin, { dataDirectory, pages, kernelVersion })
      const { id: pluginId, version, publisher } = plugin.manifest
      const about = { pluginId, version, digest, name, publisher, keyId: null }
      return store.keep({ ...about, source: 'bundled', signature: 'bundled' }, bytes)
    },
    forget: async (pluginId, version) => {
      for (const digest of await store.forget(pluginId, version)) read.delete(digest)
    },
    remove: async (pluginId, version) => {
      const known = (await store.releases(pluginId)).some((release) => release.version === version)
      if (!known) throw pluginsRefusals.release_not_found({ pluginId, version })
      if ((await options.inUse(pluginId)).includes(version)) {
        throw packagesRefusals.release_in_use({ pluginId, version })
      }
      for (const digest of await store.forget(pluginId, version)) read.delete(digest)
    },
  }
}
