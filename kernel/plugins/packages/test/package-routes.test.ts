import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { ProblemError } from '../../../contract/index.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../../testing/index.ts'
import {
  allowUnsigned,
  fetchPackage,
  listPlugins,
  listPublishers,
  removeRelease,
  revokePublisher,
  searchPackages,
  showPlugin,
  trustPublisher,
  uploadPackage,
} from '../../routes.ts'
import { fixturePlugins, type FixturePlugins } from '../../test/fixture.ts'
import { packFolder, signFile, type PackedFile } from '../author.ts'
import { createSigningKeys } from '../signature.ts'

const refusedAs = (code: string) => (error: unknown) => error instanceof ProblemError && error.code === code

describe('routes of packages', function () {
  this.timeout(120_000)
  const keys = createSigningKeys()
  const key = { publicKey: keys.publicKey, publisher: 'Tests' }
  let author: FixturePlugins
  let platform: FixturePlugins
  let kernel: TestKernel
  let admin: TestUser
  let user: TestUser
  let unsigned: PackedFile

  before(async () => {
    author = await fixturePlugins()
    platform = await fixturePlugins()
    kernel = await createTestKernel({ pluginsDirectory: platform.directory })
    admin = await kernel.createUser({ role: 'admin' })
    user = await kernel.createUser()
    unsigned = await packFolder(await author.write('sample'))
  })
  after(async () => {
    await kernel.stop()
    await Promise.all([author.dispose(), platform.dispose()])
  })

  const upload = ({ bytes }: PackedFile, as: TestUser | 'stranger' = admin) =>
    kernel.call(uploadPackage, {}, { as, body: new Uint8Array(bytes) })

  it('are for those who manage the marketplace', async () => {
    await assert.rejects(upload(unsigned, 'stranger'), refusedAs('platform.sign_in_required'))
    await assert.rejects(upload(unsigned, user), refusedAs('platform.permission_missing'))
    const missing = refusedAs('platform.permission_missing')
    await assert.rejects(kernel.call(listPublishers, {}, { as: user }), missing)
    await assert.rejects(kernel.call(trustPublisher, key, { as: user }), missing)
    await assert.rejects(kernel.call(revokePublisher, { keyId: keys.keyId }, { as: user }), missing)
    await assert.rejects(kernel.call(allowUnsigned, { digest: unsigned.digest }, { as: user }), missing)
    await assert.rejects(kernel.call(fetchPackage, { name: 'elm' }, { as: user }), missing)
    await assert.rejects(kernel.call(searchPackages, {}, { as: user }), missing)
    const release = { pluginId: 'sample', version: '1.0.0' }
    await assert.rejects(kernel.call(removeRelease, release, { as: user }), missing)
  })

  it('tell who was trusted by whom, until when and since when no longer', async () => {
    const expiresAt = '2099-01-01T00:00:00.000Z'
    const trusted = await kernel.call(trustPublisher, { ...key, expiresAt }, { as: admin })
    assert.deepEqual([trusted.keyId, trusted.trustedBy, trusted.expiresAt], [keys.keyId, admin.id, expiresAt])
    const again = kernel.call(trustPublisher, key, { as: admin })
    await assert.rejects(again, refusedAs('plugins.publisher_key_already_trusted'))
    for (const publicKey of ['no key', keys.privateKey]) {
      const wrong = kernel.call(trustPublisher, { ...key, publicKey }, { as: admin })
      await assert.rejects(wrong, refusedAs('plugins.publisher_key_malformed'))
    }
    const { items } = await kernel.call(listPublishers, {}, { as: admin })
    assert.deepEqual(
      items.map(({ keyId, revokedAt }) => [keyId, revokedAt]),
      [[keys.keyId, null]],
    )
  })

  it('install a file that was sent, and leave nothing of it where it passed', async () => {
    const installed = await upload(await signFile(unsigned.bytes, keys.privateKey))
    assert.deepEqual([installed.pluginId, installed.signature], ['sample', 'signed'])
    assert.ok(installed.steps.every(({ ms }) => ms >= 0))
    await assert.rejects(upload({ ...unsigned, bytes: Buffer.from('no package') }), (error) => {
      return error instanceof ProblemError && error.code === 'plugins.package_not_readable'
    })
    const uploads = path.join(path.dirname(kernel.operatorSocket), 'data', 'uploads')
    assert.deepEqual(await readdir(uploads), [])
    await assert.rejects(kernel.call(uploadPackage, {}), { type: 'validation' })
  })

  it('say everything about an unsigned package that is needed to let it in', async () => {
    await kernel.call(removeRelease, { pluginId: 'sample', version: '1.0.0' })
    await assert.rejects(upload(unsigned), (error) => {
      assert.ok(error instanceof ProblemError)
      const { digest, pluginId, version, name } = error.problem
      assert.deepEqual([pluginId, version, name], ['sample', '1.0.0', '@cambium/plugin-sample'])
      assert.equal(digest, unsigned.digest)
      return error.code === 'plugins.package_unsigned'
    })
    await kernel.call(allowUnsigned, { digest: unsigned.digest }, { as: admin })
    assert.equal((await upload(unsigned)).signature, 'unsigned')
  })

  it('trust a revoked key no more, and know no other', async () => {
    assert.notEqual((await kernel.call(revokePublisher, { keyId: keys.keyId })).revokedAt, null)
    const unknown = kernel.call(revokePublisher, { keyId: '0123456789abcdef' }, { as: admin })
    await assert.rejects(unknown, refusedAs('plugins.publisher_key_not_found'))
    const { items } = await kernel.call(listPublishers, {})
    assert.notEqual(items[0]?.revokedAt, null)
  })

  it('ask no registry when none was named', async () => {
    await assert.rejects(
      kernel.call(searchPackages, {}, { as: admin }),
      refusedAs('plugins.registry_not_set'),
    )
    const fetching = kernel.call(fetchPackage, { name: 'elm' }, { as: admin })
    await assert.rejects(fetching, refusedAs('plugins.registry_not_set'))
  })

  it('show a release that cannot be read with the reason, beside the others', async () => {
    const bad = await packFolder(await author.write('other'))
    await kernel.call(allowUnsigned, { digest: bad.digest }, { as: admin })
    await upload(bad)
    const { database } = kernel.parts
    await database('plugins_artifact_chunks').where({ digest: bad.digest }).update({ bytes: 'x' })
    const { items } = await kernel.call(listPlugins, {}, { as: admin })
    const shown = items.map(({ id, state, problems }) => [id, state, problems.length])
    assert.deepEqual(shown, [
      ['other', 'invalid', 1],
      ['sample', 'disabled', 0],
    ])
    assert.match(items[0]?.problems[0] ?? '', /^1\.0\.0 cannot be read: .* not what it was when it was kept/)
    const looking = kernel.call(showPlugin, { pluginId: 'other' }, { as: admin })
    await assert.rejects(looking, refusedAs('plugins.verification_failed'))
    await kernel.call(removeRelease, { pluginId: 'other', version: '1.0.0' }, { as: admin })
    assert.equal((await kernel.call(listPlugins, {}, { as: admin })).items.length, 1)
  })

  it('remove a release once', async () => {
    const release = { pluginId: 'sample', version: '1.0.0' }
    await kernel.call(removeRelease, release, { as: admin })
    const again = kernel.call(removeRelease, release, { as: admin })
    await assert.rejects(again, refusedAs('plugins.release_not_found'))
  })
})
