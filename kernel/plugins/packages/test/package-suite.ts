import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import type { Knex } from 'knex'
import { silentLogger } from '../../../broker/index.ts'
import type { Refusal } from '../../../contract/index.ts'
import { createDatabase, migrateKernel } from '../../../database/index.ts'
import { testServices, type TestServices } from '../../../testing/services.ts'
import { createCatalogue, type ReadPlugin } from '../../catalogue.ts'
import { createPageBuilder, type PageBuilder } from '../../pages/page-builder.ts'
import { fixturePlugins, type FixtureFiles, type FixturePlugins } from '../../test/fixture.ts'
import { packPlugin, signPackage } from '../pack.ts'
import type { PackageContent } from '../package-file.ts'
import { createPackages, type Packages } from '../packages.ts'
import { createSigningKeys, type SigningKeys } from '../signature.ts'
import { releasesDirectory } from '../unpacked.ts'

/** What manifests of the fixtures say. */
export const PUBLISHER = 'Tests'
export const kernelVersion = '0.1.0'
const INSPECTION = { timeoutMs: 12_000, heapMegabytes: 64 }

export interface PackageSuite {
  readonly database: Knex
  readonly fixtures: FixturePlugins
  /** Of a publisher whose key is trusted. */
  readonly keys: SigningKeys
  readonly packages: Packages
  /** A node of its own: another data folder over the same database. */
  node(dataDirectory: string): Packages
  /** What the platform itself brings. */
  bundled: ReadPlugin | undefined
  /** Versions `remove` must not take away. */
  inUse: readonly string[]
  read(id: string, files?: FixtureFiles): Promise<ReadPlugin>
  pack(id: string, files?: FixtureFiles): Promise<PackageContent>
  signed(id: string, files?: FixtureFiles): Promise<PackageContent>
  /** Asserts the refusal, and that the attempt left nothing anywhere. Answers the refusal. */
  refuses(bytes: Buffer, code: string): Promise<Refusal>
}

/** Gives the surrounding suite packages over a database that is empty at the start of each test. */
export function packageSuite(): PackageSuite {
  let services: TestServices
  let database: Knex
  let fixtures: FixturePlugins
  let builder: PageBuilder
  let packages: Packages
  const keys = createSigningKeys()
  const suite = { bundled: undefined as ReadPlugin | undefined, inUse: [] as readonly string[] }

  const node = (dataDirectory: string): Packages =>
    createPackages({
      database,
      dataDirectory,
      log: silentLogger,
      pageBuilder: builder,
      inspection: INSPECTION,
      kernel: { kernelVersion, kernelRoutes: [] },
      bundled: async (id) => (suite.bundled?.manifest.id === id ? suite.bundled : undefined),
      inUse: async () => suite.inUse,
    })

  async function read(id: string, files: FixtureFiles = {}): Promise<ReadPlugin> {
    await fixtures.write(id, files)
    const entry = await createCatalogue(fixtures.directory).find(id)
    assert.ok(entry?.bundled, entry?.problems.join(' '))
    return entry.bundled
  }

  async function pack(id: string, files?: FixtureFiles): Promise<PackageContent> {
    const plugin = await read(id, files)
    const pages = await builder.build(plugin)
    return packPlugin(plugin, { dataDirectory: fixtures.dataDirectory, pages, kernelVersion })
  }

  before(async () => {
    services = await testServices()
    database = createDatabase(services.databaseUrl)
    await migrateKernel(database)
    fixtures = await fixturePlugins()
    builder = createPageBuilder(fixtures.dataDirectory)
  })
  after(async () => {
    builder.stop()
    await database.destroy()
    services.release()
    await fixtures.dispose()
  })
  beforeEach(async () => {
    const tables = ['artifacts', 'artifact_chunks', 'releases', 'publishers', 'unsigned_packages']
    for (const table of tables) await database(`plugins_${table}`).delete()
    Object.assign(suite, { bundled: undefined, inUse: [] })
    packages = node(fixtures.dataDirectory)
    await packages.publishers.trust({
      publicKey: keys.publicKey,
      publisher: PUBLISHER,
      trustedBy: 'operator',
    })
  })

  return Object.defineProperties(suite, {
    database: { get: () => database },
    fixtures: { get: () => fixtures },
    packages: { get: () => packages },
    keys: { value: keys },
    node: { value: node },
    read: { value: read },
    pack: { value: pack },
    signed: {
      value: async (id: string, files?: FixtureFiles) => signPackage(await pack(id, files), keys.privateKey),
    },
    refuses: {
      value: async (bytes: Buffer, code: string) => {
        const before = await traces(database, fixtures.dataDirectory)
        const refusal = await packages.install(bytes).then(
          () => assert.fail(`It was installed, though ${code} was expected.`),
          (error: unknown) => error as Refusal,
        )
        assert.equal(refusal.type, code, `${refusal.stack} ${JSON.stringify(refusal.data)}`)
        assert.deepEqual(await traces(database, fixtures.dataDirectory), before)
        return refusal
      },
    },
  }) as unknown as PackageSuite
}

/** All that an installation writes: rows, and names of unpacked folders. */
async function traces(database: Knex, dataDirectory: string): Promise<readonly unknown[]> {
  const directory = releasesDirectory(dataDirectory)
  return [
    await database('plugins_artifacts').orderBy('digest').pluck('digest'),
    await database('plugins_artifact_chunks').orderBy(['digest', 'seq']).select('digest', 'seq'),
    await database('plugins_releases').orderBy(['plugin_id', 'version']).select('plugin_id', 'version'),
    existsSync(directory) ? readdirSync(directory).sort() : [],
  ]
}
