import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { manifestSource } from '../../test/fixture.ts'
import { createRegistry, type Registry } from '../registry.ts'
import { packageSuite } from './package-suite.ts'
import { startPrivateRegistry, type PrivateRegistry } from './private-registry.ts'

const named = (name: string, version: string) => ({
  'plugin.ts': manifestSource('sample', { version }),
  'package.json': JSON.stringify({ name, version, license: 'Apache-2.0' }),
})

describe('registry of packages', function () {
  this.timeout(120_000)
  const suite = packageSuite()
  let remote: PrivateRegistry
  let registry: Registry

  before(async () => {
    remote = await startPrivateRegistry()
    registry = createRegistry({ url: remote.url })
    for (const version of ['1.0.0', '1.2.0', '2.0.0']) {
      await remote.publish((await suite.signed('sample', named('@oak/plugin-sample', version))).bytes)
    }
    const beta = await suite.signed('sample', named('@oak/plugin-sample', '3.0.0-beta.1'))
    await remote.publish(beta.bytes, { tag: 'next' })
    await remote.publish((await suite.signed('other')).bytes)
  })
  after(() => remote.stop())

  it('gives the very bytes that were published, by range, version or tag', async () => {
    const published = await suite.signed('sample', named('@oak/plugin-sample', '1.2.0'))
    assert.ok(published.bytes.equals(await registry.fetch('@oak/plugin-sample', '^1.0.0')))
    const installed = async (range?: string) =>
      (await suite.packages.install(await registry.fetch('@oak/plugin-sample', range))).version
    assert.equal(await installed('1.0.0'), '1.0.0')
    assert.equal(await installed(), '2.0.0')
    assert.equal(await installed('next'), '3.0.0-beta.1')
    assert.deepEqual((await suite.packages.all()).map(({ name, signature }) => [name, signature])[0], [
      '@oak/plugin-sample',
      'signed',
    ])
  })

  it('is searched by words and by scope, among plugins only', async () => {
    const names = async (query: Parameters<Registry['search']>[0]) =>
      (await registry.search(query)).map(({ name, version }) => `${name}@${version}`).sort()
    assert.deepEqual(await names({}), ['@cambium/plugin-other@1.0.0', '@oak/plugin-sample@2.0.0'])
    assert.deepEqual(await names({ scope: '@oak' }), ['@oak/plugin-sample@2.0.0'])
    assert.deepEqual(await names({ text: 'other' }), ['@cambium/plugin-other@1.0.0'])
    assert.deepEqual(await names({ text: 'nothing of this name' }), [])
  })

  it('refuses what is not there, or not in this range', async () => {
    const missing = { type: 'plugins.registry_package_not_found' }
    await assert.rejects(registry.fetch('@oak/plugin-elm'), missing)
    await assert.rejects(registry.fetch('@oak/plugin-sample', '^9.0.0'), missing)
    await assert.rejects(registry.fetch('@oak/plugin-sample', 'nonsense'), missing)
    await assert.rejects(createRegistry({ url: undefined }).search({}), { type: 'plugins.registry_not_set' })
  })

  it('is unavailable when nothing answers there', async () => {
    const nobody = createRegistry({ url: 'http://127.0.0.1:9/' })
    await assert.rejects(nobody.fetch('@oak/plugin-sample'), { type: 'plugins.registry_unavailable' })
  })

  describe('that does not keep its word', () => {
    const answers = { tarball: Buffer.from('something else'), dist: {} as object, seen: [] as string[] }
    const server = createServer((request, response) => {
      answers.seen.push(request.headers.authorization ?? '')
      const isFile = request.url?.endsWith('.tgz')
      const versions = { '1.0.0': { dist: answers.dist } }
      response.end(isFile ? answers.tarball : JSON.stringify({ 'dist-tags': { latest: '1.0.0' }, versions }))
    })
    const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const liar = () => createRegistry({ url: `${origin()}/npm`, token: 'secret' })

    before(async () => {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
    })
    after(() => server.close())

    it('is refused when the bytes have another hash than announced, or none was announced', async () => {
      const tarball = `${origin()}/x.tgz`
      const strange = `sha512-${Buffer.alloc(64).toString('base64')}`
      for (const integrity of [strange, 'sha1-AAAA', undefined]) {
        answers.dist = { tarball, integrity }
        await assert.rejects(liar().fetch('elm'), { type: 'plugins.registry_integrity_wrong' })
      }
      assert.ok(answers.seen.every((header) => header === 'Bearer secret'))
    })

    it('is not followed to another host, which would be told the token', async () => {
      answers.dist = { tarball: 'http://localhost:9/x.tgz', integrity: 'sha512-AAAA' }
      await assert.rejects(liar().fetch('elm'), { type: 'plugins.registry_unavailable' })
    })
  })
})
