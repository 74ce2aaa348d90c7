import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { manifestSource } from '../../test/fixture.ts'
import { packageSuite } from './package-suite.ts'

const version = (number: string) => ({ 'plugin.ts': manifestSource('sample', { version: number }) })

describe('packages', () => {
  const suite = packageSuite()

  it('are the same bytes for the same plugin, wherever it lies', async () => {
    const first = await suite.pack('sample')
    await rm(path.join(suite.fixtures.dataDirectory, 'plugin-assets'), { recursive: true })
    const again = await suite.pack('sample')
    assert.equal(again.digest, first.digest)
    assert.notEqual((await suite.pack('sample', version('1.0.1'))).digest, first.digest)
  })

  it('hold code and pages ready to run, and what people read', async () => {
    const { files, declaration, name } = await suite.signed('sample', { 'CHANGELOG.md': '# 1.0.0\n' })
    const pages = [...files.keys()].filter((file) => file.startsWith('pages/portal/'))
    assert.ok(pages.some((file) => /^pages\/portal\/chunks\/SampleHomePage-[^/]+\.js$/.test(file)))
    for (const file of ['module.js', 'ssr.cjs', 'candidates.json'])
      assert.ok(pages.includes(`pages/portal/${file}`))
    const others = [...files.keys()].filter((file) => !file.startsWith('pages/'))
    assert.deepEqual(others, [
      'package.json',
      'cambium.json',
      'cambium.sig',
      'CHANGELOG.md',
      'README.md',
      'locales/en.json',
      'routes/pings.ts',
      'server.cjs',
      'server.cjs.map',
    ])
    assert.equal(name, '@cambium/plugin-sample')
    assert.equal(declaration.manifest.id, 'sample')
    assert.deepEqual(JSON.parse(String(files.get('package.json'))).keywords, ['cambium-plugin', 'tests'])
  })

  it('are kept in the database in pieces, and unpacked on every machine that asks', async () => {
    const noise = Array.from({ length: 40_000 }, (_, index) => (index * 2_654_435_761).toString(36)).join(' ')
    const { bytes, digest } = await suite.signed('sample', { 'README.md': noise.repeat(3) })
    const installed = await suite.packages.install(bytes)
    assert.deepEqual(
      [installed.digest, installed.signature, installed.publisher, installed.size],
      [digest, 'signed', 'Tests', bytes.length],
    )
    assert.deepEqual(
      installed.steps.map(({ name }) => name),
      ['read', 'signature', 'rules', 'code', 'keep'],
    )
    const [counted] = await suite.database('plugins_artifact_chunks').where({ digest }).count({ count: '*' })
    assert.ok(Number(counted?.count) > 1)
    const other = path.join(suite.fixtures.dataDirectory, 'another-machine')
    const found = await suite.node(other).find('sample', '1.0.0')
    assert.equal(found?.directory, path.join(other, 'plugin-releases', digest))
    assert.equal(found?.evaluate().manifest.id, 'sample')
    const module = path.join(other, 'plugin-assets', 'sample', found?.pages?.portal?.hash ?? '', 'module.js')
    assert.match(await readFile(module, 'utf8'), /SampleHomePage/)
  })

  it('give a plugin as its folder would, with its pages built', async () => {
    const folder = await suite.read('sample')
    await suite.packages.install((await suite.signed('sample')).bytes)
    const [installed] = await suite.packages.list()
    assert.deepEqual(
      JSON.parse(JSON.stringify(installed?.manifest)),
      JSON.parse(JSON.stringify(folder.manifest)),
    )
    assert.equal(installed?.source, 'package')
    assert.equal(installed?.bundle.hash, folder.bundle.hash)
    const migrations = installed?.evaluate().migrations() ?? []
    assert.deepEqual(
      migrations.map(({ name }) => name),
      ['0001-notes'],
    )
  })

  it('are unpacked anew when somebody changed what lies on the disk', async () => {
    const { digest, bytes } = await suite.signed('sample')
    await suite.packages.install(bytes)
    await suite.packages.list()
    const file = path.join(suite.fixtures.dataDirectory, 'plugin-releases', digest, 'server.cjs')
    await writeFile(file, 'throw new Error("changed")')
    const restarted = suite.node(suite.fixtures.dataDirectory)
    assert.equal((await restarted.find('sample', '1.0.0'))?.evaluate().manifest.version, '1.0.0')
    await writeFile(path.join(path.dirname(file), 'more.txt'), 'x')
    await suite.node(suite.fixtures.dataDirectory).list()
    await assert.rejects(readFile(path.join(path.dirname(file), 'more.txt')))
  })

  it('do not hide each other: one that is broken is named, the others are there', async () => {
    await suite.packages.install((await suite.signed('sample')).bytes)
    const bad = await suite.packages.install((await suite.signed('other')).bytes)
    await suite
      .database('plugins_artifact_chunks')
      .where({ digest: bad.digest })
      .update({ bytes: Buffer.from('x') })
    const restarted = suite.node(path.join(suite.fixtures.dataDirectory, 'restarted'))
    assert.deepEqual(
      (await restarted.list()).map(({ manifest }) => manifest.id),
      ['sample'],
    )
    const [broken] = await restarted.broken()
    assert.equal(broken?.release.pluginId, 'other')
    assert.match(broken?.reason ?? '', /not what it was when it was kept/)
  })

  it('are installed once, and again without any effect', async () => {
    const { bytes } = await suite.signed('sample')
    const first = await suite.packages.install(bytes)
    const again = await suite.packages.install(bytes)
    assert.equal(again.installedAt, first.installedAt)
    assert.equal((await suite.packages.releases('sample')).length, 1)
  })

  it('go on with a plugin of the platform’s own when its publisher signs them', async () => {
    suite.bundled = await suite.read('sample')
    const next = await suite.signed('sample', version('1.1.0'))
    assert.equal((await suite.packages.install(next.bytes)).version, '1.1.0')
  })

  it('are removed unless they serve, together with bytes nobody else has', async () => {
    await suite.packages.install((await suite.signed('sample')).bytes)
    await suite.packages.install((await suite.signed('sample', version('1.1.0'))).bytes)
    suite.inUse = ['1.1.0']
    const remove = (number: string) => suite.packages.remove('sample', number)
    await assert.rejects(remove('1.1.0'), { type: 'plugins.release_in_use' })
    await assert.rejects(remove('7.0.0'), { type: 'plugins.release_not_found' })
    await remove('1.0.0')
    const left = (await suite.packages.releases('sample')).map((release) => release.version)
    assert.deepEqual(left, ['1.1.0'])
    assert.equal((await suite.database('plugins_artifacts').select()).length, 1)
    await suite.packages.forget('sample')
    assert.deepEqual(await suite.database('plugins_artifact_chunks').select(), [])
  })

  it('keep a bundled release as it is now, for the day its folder is another', async () => {
    const plugin = await suite.read('sample')
    const kept = await suite.packages.keep(plugin)
    assert.deepEqual(
      [kept.source, kept.signature, kept.version, (await suite.packages.keep(plugin)).digest],
      ['bundled', 'bundled', '1.0.0', kept.digest],
    )
    await suite.fixtures.remove('sample')
    const found = await suite.packages.find('sample', '1.0.0')
    assert.deepEqual([found?.source, found?.digest], ['bundled', kept.digest])
    assert.equal(found?.evaluate().migrations().length, 1)
  })
})
