import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { manifestSource, migrationSource } from '../../test/fixture.ts'
import { readArchive } from '../archive.ts'
import { packageLimits } from '../limits.ts'
import { signPackage } from '../pack.ts'
import type { PackageContent } from '../package-file.ts'
import { createSigningKeys } from '../signature.ts'
import { entriesOf, forge, rawArchive, type RawEntry } from './hostile-archive.ts'
import { packageSuite, PUBLISHER } from './package-suite.ts'

const MEGABYTE = 1024 * 1024

describe('hostile package', () => {
  const suite = packageSuite()
  const { keys } = suite
  let good: PackageContent

  before(async () => {
    good = await suite.signed('sample')
  })

  const withEntry = (entry: RawEntry): Promise<Buffer> => rawArchive([...entriesOf(good), entry])

  describe('in its archive', () => {
    const entries: Readonly<Record<string, RawEntry & { readonly reason: RegExp }>> = {
      'a name that leads out of it': {
        name: 'package/../../../../tmp/cambium-escaped',
        content: 'x',
        reason: /leads out/,
      },
      'a name that leads out with backslashes': {
        name: 'package\\..\\..\\escaped',
        content: 'x',
        reason: /leads out/,
      },
      'an absolute name': { name: '/tmp/cambium-absolute', content: 'x', reason: /absolute/ },
      'an absolute name of another system': { name: 'C:\\cambium', content: 'x', reason: /absolute/ },
      'a symbolic link': {
        name: 'package/README.md',
        type: 'symlink',
        linkname: '/etc/passwd',
        reason: /symlink/,
      },
      'a hard link': {
        name: 'package/README.md',
        type: 'link',
        linkname: '/etc/passwd',
        reason: /link/,
      },
      'a character device': { name: 'package/LICENSE', type: 'character-device', reason: /character-device/ },
      'a block device': { name: 'package/LICENSE', type: 'block-device', reason: /block-device/ },
      'a pipe': { name: 'package/LICENSE', type: 'fifo', reason: /fifo/ },
      'a folder': { name: 'package/node_modules', type: 'directory', reason: /directory/ },
      'a file twice': { name: 'package/server.cjs', content: 'x', reason: /Another entry/ },
      'a name that differs in capitals only': {
        name: 'package/routes/PINGS.ts',
        content: 'x',
        reason: /differs in capitals/,
      },
      'a file packages have no place for': {
        name: 'package/postinstall.js',
        content: 'x',
        reason: /no place/,
      },
      'a file outside its folder': { name: 'other/README.md', content: 'x', reason: /does not lie/ },
      'a very long name': {
        name: `package/routes/${'a'.repeat(300)}.ts`,
        content: 'x',
        reason: /longer than/,
      },
    }
    for (const [what, { reason, ...entry }] of Object.entries(entries)) {
      it(`is refused with ${what}`, async () => {
        const refusal = await suite.refuses(await withEntry(entry), 'plugins.package_entry_refused')
        assert.match(String(refusal.data.reason), reason)
      })
    }

    it('writes none of its names to the disk', () => {
      for (const name of ['cambium-escaped', 'cambium-absolute'])
        assert.ok(!existsSync(path.join('/tmp', name)))
    })

    it('is refused when it unpacks to far more than it is', async () => {
      const bomb = await withEntry({ name: 'package/LICENSE', content: Buffer.alloc(12 * MEGABYTE) })
      const refusal = await suite.refuses(bomb, 'plugins.package_exceeds_limit')
      assert.equal(refusal.data.limit, 'unpacked bytes for each packed one')
    })

    it('is unpacked no further than the limit, however much is behind it', async () => {
      const bomb = gzipSync(Buffer.alloc(200 * MEGABYTE))
      const heapBefore = process.memoryUsage().arrayBuffers
      await suite.refuses(bomb, 'plugins.package_exceeds_limit')
      assert.ok(process.memoryUsage().arrayBuffers - heapBefore < 100 * MEGABYTE)
    })

    it('is refused when one file, all of them, their number or the package itself is too large', async () => {
      const limits = {
        ...packageLimits,
        fileBytes: 1000,
        unpackedBytes: 20_000,
        files: 5,
        packedBytes: 50_000,
      }
      const noise = (count: number, bytes: number): Promise<Buffer> =>
        rawArchive(
          Array.from({ length: count }, (_, index) => ({
            name: `package/routes/r${index}.ts`,
            content: randomBytes(bytes),
          })),
        )
      const read = async (archive: Promise<Buffer>): Promise<unknown> => readArchive(await archive, limits)
      const exceeds = (limit: string) => (error: { data?: { limit?: string } }) => error.data?.limit === limit
      await assert.rejects(read(noise(1, 2000)), exceeds('bytes of package/routes/r0.ts'))
      await assert.rejects(read(noise(30, 900)), exceeds('files'))
      await assert.rejects(
        readArchive(await noise(30, 900), { ...limits, files: 99 }),
        exceeds('unpacked bytes'),
      )
      await assert.rejects(read(noise(60, 1000)), exceeds('packed bytes'))
    })

    it('is refused when it was cut off, is no gzip or no tar', async () => {
      const cut = good.bytes.subarray(0, good.bytes.length / 2)
      for (const bytes of [cut, Buffer.from('no gzip'), Buffer.alloc(0), gzipSync('no tar'.repeat(200))]) {
        await suite.refuses(bytes, 'plugins.package_not_readable')
      }
    })
  })

  describe('in its files', () => {
    it('is refused when a file has another hash than is listed', async () => {
      const bytes = await forge(good, { files: { 'README.md': '# Another\n' } })
      const refusal = await suite.refuses(bytes, 'plugins.package_file_differs')
      assert.deepEqual(refusal.data, {
        file: 'README.md',
        reason: 'Its content has another hash than is listed.',
      })
    })

    it('is refused when a file is not listed, or a listed one is missing', async () => {
      const surplus = await forge(good, { files: { 'routes/more.ts': 'export {}' } })
      assert.equal((await suite.refuses(surplus, 'plugins.package_file_differs')).data.file, 'routes/more.ts')
      const missing = await forge(good, { files: { 'README.md': null } })
      assert.equal((await suite.refuses(missing, 'plugins.package_file_differs')).data.file, 'README.md')
      const noCode = await forge(good, { files: { 'server.cjs': null }, privateKey: keys.privateKey })
      assert.equal((await suite.refuses(noCode, 'plugins.package_file_differs')).data.file, 'server.cjs')
    })

    it('is refused when it does not say what it is, or says it in another form', async () => {
      const none = await forge(good, { files: { 'cambium.json': null } })
      await suite.refuses(none, 'plugins.package_not_readable')
      const noJson = await forge(good, { files: { 'cambium.json': '{' } })
      await suite.refuses(noJson, 'plugins.package_not_readable')
      const later = await forge(good, { declaration: (one) => ({ ...one, format: 2 }) })
      await suite.refuses(later, 'plugins.package_not_readable')
      const odd = await forge(good, {
        declaration: (one) => ({ ...one, manifest: { ...one.manifest, icon: 7 } }),
        privateKey: keys.privateKey,
      })
      await suite.refuses(odd, 'plugins.package_not_readable')
    })

    it('is refused when its manifest is huge', async () => {
      const bytes = await forge(good, {
        declaration: (one) => ({
          ...one,
          manifest: { ...one.manifest, description: randomBytes(MEGABYTE).toString('hex') },
        }),
        privateKey: keys.privateKey,
      })
      const refusal = await suite.refuses(bytes, 'plugins.package_exceeds_limit')
      assert.equal(refusal.data.limit, 'bytes of cambium.json')
    })

    it('is refused when npm is told another version or name than the manifest says', async () => {
      const about = { name: '@cambium/plugin-sample', keywords: [] }
      for (const wrong of [
        { ...about, version: '9.9.9' },
        { ...about, version: '1.0.0', name: 'left-pad' },
      ]) {
        const files = { 'package.json': JSON.stringify(wrong) }
        const bytes = await forge(good, { files, privateKey: keys.privateKey })
        await suite.refuses(bytes, 'plugins.package_not_readable')
      }
    })
  })

  describe('in its signature', () => {
    it('is refused unsigned, until the operator lets in these very bytes', async () => {
      const unsigned = await suite.pack('sample')
      const refusal = await suite.refuses(unsigned.bytes, 'plugins.package_unsigned')
      assert.equal(refusal.data.digest, unsigned.digest)
      await suite.packages.publishers.allowUnsigned(unsigned.digest, 'operator')
      const other = await suite.pack('sample', { 'README.md': '# Changed\n' })
      await suite.refuses(other.bytes, 'plugins.package_unsigned')
      assert.equal((await suite.packages.install(unsigned.bytes)).signature, 'unsigned')
    })

    it('is refused when something else was signed', async () => {
      const bytes = await forge(good, { declaration: (one) => ({ ...one, builtWith: { kernel: '9.9.9' } }) })
      const refusal = await suite.refuses(bytes, 'plugins.package_signature_wrong')
      assert.equal(refusal.data.keyId, keys.keyId)
    })

    it('is refused with a key nobody trusts, and shows which', async () => {
      const strange = createSigningKeys()
      const { bytes } = await signPackage(good, strange.privateKey)
      const { data } = await suite.refuses(bytes, 'plugins.publisher_key_unknown')
      assert.deepEqual(
        [data.keyId, data.publicKey, data.publisher],
        [strange.keyId, strange.publicKey, PUBLISHER],
      )
    })

    it('is refused with a key that claims the id of a trusted one', async () => {
      const { privateKey, publicKey } = createSigningKeys()
      const { files } = await signPackage(good, privateKey)
      const signature = JSON.parse(String(files.get('cambium.sig'))) as object
      for (const claimed of [
        { ...signature, keyId: keys.keyId },
        { ...signature, keyId: keys.keyId, publicKey },
      ]) {
        const bytes = await forge(good, { files: { 'cambium.sig': JSON.stringify(claimed) } })
        await suite.refuses(bytes, 'plugins.package_signature_wrong')
      }
    })

    it('is refused with a key that has expired or was revoked, and says when', async () => {
      const expired = createSigningKeys()
      const expiresAt = new Date(Date.now() - 1000)
      const about = { publisher: PUBLISHER, trustedBy: 'operator' }
      await suite.packages.publishers.trust({ ...about, publicKey: expired.publicKey, expiresAt })
      const late = await signPackage(good, expired.privateKey)
      const { data } = await suite.refuses(late.bytes, 'plugins.publisher_key_expired')
      assert.equal(data.expiresAt, expiresAt.toISOString())
      assert.equal(await suite.packages.publishers.stateOf(expired.keyId), 'expired')
      assert.equal(await suite.packages.publishers.stateOf(keys.keyId), 'trusted')
      const { revokedAt } = await suite.packages.publishers.revoke(keys.keyId)
      assert.equal(await suite.packages.publishers.stateOf(keys.keyId), 'revoked')
      assert.equal(await suite.packages.publishers.stateOf('0123456789abcdef'), 'unknown')
      assert.equal(
        (await suite.refuses(good.bytes, 'plugins.publisher_key_revoked')).data.revokedAt,
        revokedAt,
      )
    })

    it('is refused when its publisher is not the one the key is trusted for', async () => {
      const other = createSigningKeys()
      await suite.packages.publishers.trust({
        publicKey: other.publicKey,
        publisher: 'Somebody else',
        trustedBy: 'operator',
      })
      const { bytes } = await signPackage(good, other.privateKey)
      const { data } = await suite.refuses(bytes, 'plugins.package_publisher_differs')
      assert.deepEqual([data.publisher, data.trustedPublisher], [PUBLISHER, 'Somebody else'])
    })
  })

  describe('in the name it takes', () => {
    const renamed = (id: string, from: string) => ({
      'plugin.ts': manifestSource(id).replace(`publisher: 'Tests'`, `publisher: '${from}'`),
    })

    it('is refused as a plugin that another publisher brought', async () => {
      await suite.packages.install(good.bytes)
      const other = createSigningKeys()
      await suite.packages.publishers.trust({
        publicKey: other.publicKey,
        publisher: 'Somebody else',
        trustedBy: 'operator',
      })
      const taken = await suite.pack('sample', renamed('sample', 'Somebody else'))
      const { bytes } = await signPackage(taken, other.privateKey)
      const { data } = await suite.refuses(bytes, 'plugins.plugin_id_taken')
      assert.equal(data.owner, PUBLISHER)
    })

    it('is refused unsigned as a plugin that the platform brings or that came signed', async () => {
      suite.bundled = await suite.read('sample')
      const next = { 'plugin.ts': manifestSource('sample', { version: '1.1.0' }) }
      const unsigned = await suite.pack('sample', next)
      await suite.packages.publishers.allowUnsigned(unsigned.digest, 'operator')
      await suite.refuses(unsigned.bytes, 'plugins.plugin_id_taken')
      suite.bundled = undefined
      await suite.packages.install(good.bytes)
      await suite.refuses(unsigned.bytes, 'plugins.plugin_id_taken')
    })

    it('is refused as a version that is here with other bytes', async () => {
      await suite.packages.install(good.bytes)
      const changed = await suite.signed('sample', { 'README.md': '# Changed\n' })
      await suite.refuses(changed.bytes, 'plugins.release_already_exists')
    })

    it('is refused under a name of the platform’s own', async () => {
      const { bytes } = await suite.signed('wallets')
      const { data } = await suite.refuses(bytes, 'plugins.package_breaks_rules')
      assert.match(String(data.problems), /wallets is a name of the platform/)
    })
  })

  describe('in its code', () => {
    const problemsWith = async (source: string): Promise<string> => {
      const { bytes } = await suite.signed('sample', { 'migrations/0002-more.ts': source })
      return String((await suite.refuses(bytes, 'plugins.package_breaks_rules')).data.problems)
    }

    it('is refused when the manifest says something else', async () => {
      const bytes = await forge(good, {
        declaration: (one) => ({ ...one, manifest: { ...one.manifest, grants: { outboundHosts: [] } } }),
        privateKey: keys.privateKey,
      })
      const { data } = await suite.refuses(bytes, 'plugins.package_manifest_differs')
      assert.deepEqual(data.differences, ['/grants'])
    })

    const codes: Readonly<Record<string, readonly [code: string, reason: RegExp]>> = {
      'loops for ever': ['for (;;);', /longer than/],
      'ends the process': ['process.exit(0)', /ended the process/],
      throws: [`throw new Error('no')`, /no/],
      'uses up the memory': ['const all = []; for (;;) all.push(new Array(1e5).fill(all.length))', /memory/],
      'reads files': [`require('node:fs').readFileSync('/etc/passwd')`, /restricted|permission/i],
      'starts a process': [`process.binding('spawn_sync')`, /not a function/],
      'opens a socket': [`require('node:net').connect(1, '127.0.0.1')`, /no network/],
      'asks for a thread': [`require('node:worker_threads')`, /may not import/],
      'answers in our place': [`process.send({ token: '', inspected: {} })`, /not a function/],
    }
    for (const [what, [code, reason]] of Object.entries(codes)) {
      it(`is refused when it ${what} while its manifest is read`, async () => {
        const source = `${good.files.get('server.cjs')?.toString()}\n;${code}`
        const bytes = await forge(good, { files: { 'server.cjs': source }, privateKey: keys.privateKey })
        const { data } = await suite.refuses(bytes, 'plugins.package_code_failed')
        assert.match(String(data.reason), reason)
      })
    }

    it('sees nothing of the platform’s environment', async () => {
      const source = `${good.files.get('server.cjs')?.toString()}\n;throw new Error(Object.keys(process.env).join())`
      const bytes = await forge(good, { files: { 'server.cjs': source }, privateKey: keys.privateKey })
      const { data } = await suite.refuses(bytes, 'plugins.package_code_failed')
      assert.doesNotMatch(String(data.reason), /PATH|HOME|DATABASE_URL|REDIS_URL/)
    })

    it('is refused when a migration creates, changes or reads the tables of others', async () => {
      const create = migrationSource('spot_orders')
      assert.match(await problemsWith(create), /0002-more touches spot_orders/)
      const raw = (up: string, down = ''): string => `
        export const up = async (knex) => { await knex.raw(${JSON.stringify(up)}) }
        export const down = async (knex) => { ${down} }`
      assert.match(await problemsWith(raw('DROP TABLE `identity_users`')), /touches identity_users/)
      const copy = raw('INSERT INTO sample_notes (text) SELECT password_hash FROM identity_credentials c')
      assert.match(await problemsWith(copy), /touches identity_credentials/)
      assert.match(await problemsWith(raw(`GRANT ALL ON *.* TO 'me'`)), /which migrations may not/)
      const undo = raw('ALTER TABLE sample_notes ADD x INT', `await knex('ledger_postings').delete()`)
      assert.match(await problemsWith(undo), /taken back, touches ledger_postings/)
    })
  })
})
