import assert from 'node:assert/strict'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { io, type Socket } from 'socket.io-client'
import type { ProblemError } from '../../contract/index.ts'
import { allowUnsigned, trustPublisher } from '../../plugins/routes.ts'
import { createSigningKeys, kernelVersion, packFiles, sha256 } from '../../plugins/index.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import { eventually } from '../../testing/test-database.ts'
import * as routes from '../routes.ts'
import { packTheme, packThemeFolder, type ThemePackage } from '../theme-package.ts'
import type { Look, ThemeContent } from '../theme.ts'
import { readThemeFolder } from '../theme-folder.ts'

const themesDirectory = fileURLToPath(new URL('../../../themes', import.meta.url))
const mark = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8"/></svg>'

/** A theme of another publisher, made of one that is shipped. */
async function foreignTheme(
  change: { version?: string; accent?: string; logo?: string; id?: string } = {},
): Promise<ThemePackage> {
  const { manifest, files } = await readThemeFolder(path.join(themesDirectory, 'orchard'))
  const { version = '1.0.0', accent, logo, id = 'tidepool' } = change
  const { tokens } = manifest
  const light = { ...tokens.light, ...(accent === undefined ? {} : { accent }) }
  const named = { ...manifest, id, name: 'Tidepool', publisher: 'Acme', version }
  const withLogo = new Map([
    ...files,
    ...(logo === undefined ? [] : [['logos/mark.svg', Buffer.from(logo)] as const]),
  ])
  const about = { name: `@acme/theme-${id}`, version, keywords: ['cambium-theme'] }
  if (logo === undefined) return packTheme({ manifest: { ...named, tokens: { ...tokens, light } }, files })
  const all = new Map([['package.json', Buffer.from(JSON.stringify(about))], ...withLogo])
  return { bytes: await packFiles(all, named, kernelVersion), digest: '' } as ThemePackage
}

describe('themes', function () {
  this.timeout(120_000)
  let kernel: TestKernel
  let admin: TestUser
  let other: TestUser

  before(async () => {
    kernel = await createTestKernel()
    admin = await kernel.createUser({ role: 'admin' })
    other = await kernel.createUser({ role: 'admin' })
  })
  after(() => kernel.stop())

  const show = (themeId: string) => kernel.call(routes.showTheme, { themeId })
  const upload = (bytes: Buffer, as: TestUser = admin) =>
    kernel.call(routes.installTheme, {}, { as, body: new Uint8Array(bytes) })

  function withAccent(content: ThemeContent, accent: string): ThemeContent {
    const { tokens } = content
    return { ...content, tokens: { ...tokens, light: { ...tokens.light, accent } } }
  }

  async function save(themeId: string, change: (content: ThemeContent) => ThemeContent, as = admin) {
    const { draft, revision } = await show(themeId)
    return kernel.call(routes.saveDraft, { themeId, content: change(draft), revision }, { as })
  }

  it('are for those who may manage them', async () => {
    const user = await kernel.createUser()
    const content = (await show('base')).draft
    const refused = { code: 'platform.permission_missing' }
    await assert.rejects(kernel.call(routes.listThemes, {}, { as: user }), refused)
    await assert.rejects(kernel.call(routes.showTheme, { themeId: 'base' }, { as: user }), refused)
    await assert.rejects(
      kernel.call(routes.saveDraft, { themeId: 'base', content, revision: 0 }, { as: user }),
      refused,
    )
    await assert.rejects(
      kernel.call(routes.publishTheme, { themeId: 'base', revision: 0 }, { as: user }),
      refused,
    )
    await assert.rejects(
      kernel.call(routes.chooseTheme, { app: 'portal', themeId: 'harbor' }, { as: user }),
      refused,
    )
    await assert.rejects(kernel.call(routes.removeTheme, { themeId: 'base' }, { as: user }), refused)
    await assert.rejects(upload((await foreignTheme()).bytes, user), refused)
    assert.equal((await kernel.call(routes.showLook, { app: 'portal' }, { as: 'stranger' })).themeId, 'base')
  })

  it('that are shipped are there, with the base theme in use everywhere', async () => {
    const { items } = await kernel.call(routes.listThemes, {})
    assert.deepEqual(items.map(({ id }) => id).sort(), ['basalt', 'base', 'harbor', 'orchard'])
    assert.deepEqual(items.find(({ id }) => id === 'base')?.usedBy, ['portal', 'admin'])
  })

  it('are kept as edits, which nobody sees before they are published', async () => {
    const before = await kernel.call(routes.showLook, { app: 'portal' })
    const saved = await save('base', (content) => withAccent(content, '#0b5f3a'))
    assert.equal(saved.revision, 1)
    assert.deepEqual(await kernel.call(routes.showLook, { app: 'portal' }), before)
    await kernel.call(routes.publishTheme, { themeId: 'base', revision: 1 }, { as: admin })
    const after = await kernel.call(routes.showLook, { app: 'portal' })
    assert.notEqual(after.hash, before.hash)
    const styles = await (await fetch(kernel.origin + after.stylesheet)).text()
    assert.match(styles, /--ui-primary:#0b5f3a/)
    // Tabs that were opened before still ask for what they were drawn with.
    assert.equal((await fetch(kernel.origin + before.stylesheet)).status, 200)
  })

  it('are published once', async () => {
    const { revision } = await show('base')
    await assert.rejects(kernel.call(routes.publishTheme, { themeId: 'base', revision }), {
      type: routes.themesRefusals.nothing_to_publish.code,
    })
  })

  it('refuse an edit that was begun before somebody else saved', async () => {
    const { draft, revision } = await show('harbor')
    const first = withAccent(draft, '#21457a')
    const content = withAccent(draft, '#5a2a2a')
    await kernel.call(routes.saveDraft, { themeId: 'harbor', content: first, revision }, { as: other })
    const late = kernel.call(routes.saveDraft, { themeId: 'harbor', content, revision }, { as: admin })
    await assert.rejects(late, { code: 'themes.changed_meanwhile' })
    assert.equal((await show('harbor')).draft.tokens.light.accent, '#21457a')
  })

  it('take only one of two edits that arrive at the same moment', async () => {
    const { draft, revision } = await show('basalt')
    const results = await Promise.allSettled(
      ['#6b3a00', '#7a3300', '#5a3a10'].map((accent) =>
        kernel.call(routes.saveDraft, { themeId: 'basalt', content: withAccent(draft, accent), revision }),
      ),
    )
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.equal((await show('basalt')).revision, revision + 1)
  })

  it('with colours nobody could read are kept as drafts and refused to people, pair by pair', async () => {
    const { findings, revision } = await save('orchard', (content) => withAccent(content, '#c8e6d2'))
    assert.ok(findings.some(({ token, suggestion }) => token === 'accent' && suggestion !== null))
    await assert.rejects(
      kernel.call(routes.publishTheme, { themeId: 'orchard', revision }),
      (error: Error & { type?: string; data?: { pairs: { ratio: number; ratioMin: number }[] } }) => {
        assert.equal(error.type, 'themes.contrast_too_low')
        assert.ok(error.data?.pairs.every(({ ratio, ratioMin }) => ratio < ratioMin))
        return true
      },
    )
  })

  it('refuse values out of their bounds, fonts they have not and hostile logos', async () => {
    const { draft, revision } = await show('orchard')
    const attempt = (content: unknown) =>
      kernel.call(routes.saveDraft, { themeId: 'orchard', content: content as ThemeContent, revision })
    const { tokens } = draft
    await assert.rejects(attempt(withAccent(draft, 'red;}body{display:none')), { type: 'validation' })
    await assert.rejects(
      attempt({ ...draft, tokens: { ...tokens, radius: { ...tokens.radius, card: 400 } } }),
      { type: 'validation' },
    )
    const type = { ...tokens.type, body: 'Comic Sans' }
    await assert.rejects(attempt({ ...draft, tokens: { ...tokens, type } }), {
      type: 'themes.content_not_valid',
    })
    const logos = { ...draft.logos, mark: mark.replace('<path', '<script/><path') }
    await assert.rejects(attempt({ ...draft, logos }), { type: 'themes.logo_not_allowed' })
  })

  it('go back to any revision, and to how they came', async () => {
    const saved = await save('orchard', (content) => ({ ...content, brand: 'Grove' }))
    const restored = await kernel.call(
      routes.restoreRevision,
      { themeId: 'orchard', from: saved.revision - 1, revision: saved.revision },
      { as: admin },
    )
    assert.equal(restored.draft.brand, 'Orchard')
    const { revision } = restored
    const original = await kernel.call(routes.restoreRevision, { themeId: 'orchard', from: 0, revision })
    assert.deepEqual(original.draft, original.original)
    const gone = kernel.call(routes.restoreRevision, { themeId: 'orchard', from: 99, revision: revision + 1 })
    await assert.rejects(gone, { type: 'themes.revision_not_found' })
  })

  it('tell who did what, newest first', async () => {
    const { items } = await kernel.call(routes.listThemeHistory, { themeId: 'base' })
    assert.deepEqual(
      items.map(({ kind, by }) => [kind, by]),
      [
        ['published', admin.id],
        ['edited', admin.id],
      ],
    )
    assert.deepEqual(items[1]?.changes, ['light.accent'])
  })

  it('that are not there are not found', async () => {
    await assert.rejects(show('nowhere'), { type: 'themes.theme_not_found' })
    await assert.rejects(kernel.call(routes.chooseTheme, { app: 'portal', themeId: 'nowhere' }), {
      type: 'themes.theme_not_found',
    })
    for (const address of ['/_themes/0000/theme.css', '/_themes/fonts/../../package.json', '/_themes/'])
      assert.equal((await fetch(kernel.origin + address)).status, 404, address)
  })

  describe('in use', () => {
    let socket: Socket
    const pushed: Look[] = []

    before(async () => {
      socket = io(kernel.origin, { transports: ['websocket'] })
      socket.on('message', ({ data }: { data: Look }) => pushed.push(data))
      await new Promise<void>((resolve) => {
        socket.emit('subscribe', { channel: 'themes.look:portal' }, () => resolve())
      })
    })
    after(() => socket.disconnect())

    it('are told to open tabs', async () => {
      const chosen = await kernel.call(
        routes.chooseTheme,
        { app: 'portal', themeId: 'harbor' },
        { as: admin },
      )
      await eventually(() => pushed.some(({ hash }) => hash === chosen.hash), 'the push')
      assert.equal((await kernel.call(routes.showLook, { app: 'portal' })).themeId, 'harbor')
      assert.equal((await kernel.call(routes.showLook, { app: 'admin' })).themeId, 'base')
    })

    it('are told to tabs of another node', async () => {
      const node = await kernel.join()
      try {
        await kernel.call(routes.chooseTheme, { app: 'admin', themeId: 'basalt' })
        await eventually(
          async () => (await node.call(routes.showLook, { app: 'admin' })).themeId === 'basalt',
          'the other node',
        )
      } finally {
        await node.stop()
      }
    })

    it('serve logos that can run nothing, and fonts, for ever', async () => {
      const look = await kernel.call(routes.showLook, { app: 'portal' })
      const logo = await fetch(kernel.origin + String(look.mark))
      assert.equal(logo.headers.get('content-type'), 'image/svg+xml')
      assert.match(logo.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/)
      const styles = await (await fetch(kernel.origin + look.stylesheet)).text()
      const font = await fetch(kernel.origin + String(/url\((\/_themes\/fonts\/[^)]+)\)/.exec(styles)?.[1]))
      assert.equal(font.headers.get('content-type'), 'font/woff2')
      assert.match(font.headers.get('cache-control') ?? '', /immutable/)
    })
  })

  describe('as packages', () => {
    const keys = createSigningKeys()

    it('are refused when nobody known signed them, and taken when their digest is allowed', async () => {
      const { bytes, digest } = await foreignTheme()
      await assert.rejects(upload(bytes), { code: 'plugins.package_unsigned' })
      await kernel.call(allowUnsigned, { digest })
      const installed = await upload(bytes)
      assert.deepEqual(
        [installed.themeId, installed.signature, installed.findings],
        ['tidepool', 'unsigned', 0],
      )
      assert.ok((await kernel.call(routes.listThemes, {})).items.some(({ id }) => id === 'tidepool'))
    })

    it('are taken with a signature of their publisher, who alone goes on with them', async () => {
      await kernel.call(trustPublisher, { publicKey: keys.publicKey, publisher: 'Cambium' })
      const shipped = await packThemeFolder(path.join(themesDirectory, 'harbor'), keys.privateKey)
      await assert.rejects(upload(shipped.bytes), { code: 'plugins.release_already_exists' })
      const stolen = await foreignTheme({ id: 'harbor', version: '9.0.0' })
      await kernel.call(allowUnsigned, { digest: stolen.digest })
      await assert.rejects(upload(stolen.bytes), { code: 'plugins.plugin_id_taken' })
    })

    it('change nothing people see when they are updated', async () => {
      await kernel.call(routes.chooseTheme, { app: 'portal', themeId: 'tidepool' })
      const before = await kernel.call(routes.showLook, { app: 'portal' })
      const next = await foreignTheme({ version: '1.1.0', accent: '#7a1f5c' })
      await kernel.call(allowUnsigned, { digest: next.digest })
      assert.equal((await upload(next.bytes)).isUpdate, true)
      assert.equal((await kernel.call(routes.showLook, { app: 'portal' })).hash, before.hash)
      const { original, draft } = await show('tidepool')
      assert.equal(original.tokens.light.accent, '#7a1f5c')
      assert.notEqual(draft.tokens.light.accent, '#7a1f5c')
    })

    it('are not used while their colours are too weak', async () => {
      const weak = await foreignTheme({ id: 'mist', accent: '#cfe0d6' })
      await kernel.call(allowUnsigned, { digest: weak.digest })
      assert.ok((await upload(weak.bytes)).findings > 0)
      await assert.rejects(kernel.call(routes.chooseTheme, { app: 'portal', themeId: 'mist' }), {
        type: 'themes.contrast_too_low',
      })
    })

    it('leave nothing when they are hostile', async () => {
      const { items: before } = await kernel.call(routes.listThemes, {})
      const hostile = await foreignTheme({ id: 'trap', logo: mark.replace('<path', '<script/><path') })
      await kernel.call(allowUnsigned, { digest: sha256(hostile.bytes) })
      await assert.rejects(upload(hostile.bytes), { code: 'themes.logo_not_allowed' })
      const { manifest, files } = await readThemeFolder(path.join(themesDirectory, 'orchard'))
      const about = Buffer.from(JSON.stringify({ name: 'trap', version: '1.0.0', keywords: [] }))
      const packed = (more: readonly [string, Buffer][], change: object = {}) =>
        packFiles(
          new Map([['package.json', about], ...files, ...more]),
          { ...manifest, id: 'trap', version: '1.0.0', ...change },
          kernelVersion,
        )
      const code = await packed([['server.cjs', Buffer.from('process.exit()')]])
      await assert.rejects(upload(code), { code: 'plugins.package_entry_refused' })
      const loud = { ...manifest.tokens, light: { ...manifest.tokens.light, accent: 'url(//evil.example)' } }
      await assert.rejects(upload(await packed([], { tokens: loud })), {
        code: 'plugins.package_not_readable',
      })
      await assert.rejects(upload(Buffer.from('no archive')), { code: 'plugins.package_not_readable' })
      const after = (await kernel.call(routes.listThemes, {})).items
      assert.equal(after.length, before.length)
    })

    it('are made of any draft, under a name of their own', async () => {
      const query = 'newId=grove&name=Grove&publisher=Acme'
      const response = await fetch(`${kernel.origin}/api/themes/orchard/package?${query}`, {
        headers: { cookie: admin.cookie },
      })
      assert.equal(response.status, 200, routes.exportTheme.action)
      const bytes = Buffer.from(await response.arrayBuffer())
      await assert.rejects(upload(bytes), (error: ProblemError) => {
        assert.deepEqual([error.problem.pluginId, error.problem.publisher], ['grove', 'Acme'])
        return true
      })
    })

    it('are removed with their edits, unless somebody looks at them', async () => {
      await assert.rejects(kernel.call(routes.removeTheme, { themeId: 'tidepool' }), {
        type: 'themes.theme_in_use',
      })
      await assert.rejects(kernel.call(routes.removeTheme, { themeId: 'orchard' }), {
        type: 'themes.theme_is_shipped',
      })
      await kernel.call(routes.chooseTheme, { app: 'portal', themeId: 'base' })
      await kernel.call(routes.removeTheme, { themeId: 'tidepool' })
      await assert.rejects(show('tidepool'), { type: 'themes.theme_not_found' })
    })
  })
})
