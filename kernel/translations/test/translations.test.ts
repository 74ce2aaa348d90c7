import assert from 'node:assert/strict'
import { io, type Socket } from 'socket.io-client'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import { eventually } from '../../testing/test-database.ts'
import * as routes from '../routes.ts'

const home = { locale: 'de', owner: 'portal', key: 'portal.login' } as const
const unread = { locale: 'ar', owner: 'base', key: 'kit.notices.unread' } as const

describe('translations', function () {
  this.timeout(120_000)
  let kernel: TestKernel
  let admin: TestUser
  let other: TestUser
  let socket: Socket | undefined

  before(async () => {
    kernel = await createTestKernel()
    admin = await kernel.createUser({ role: 'admin' })
    other = await kernel.createUser({ role: 'admin' })
  })
  after(async () => {
    socket?.disconnect()
    await kernel.stop()
  })

  type Place = Pick<routes.Text, 'owner' | 'key'> & { readonly locale: string }

  async function read({ locale, owner, key }: Place): Promise<routes.Text> {
    const { items } = await kernel.call(routes.listTexts, { locale, owner, search: key, limit: 500 })
    const found = items.find((text) => text.key === key)
    assert.ok(found, key)
    return found
  }
  async function save(place: Place, text: string | null, as = admin): Promise<routes.Text> {
    const { revision } = await read(place)
    return kernel.call(routes.saveText, { ...place, text, revision }, { as })
  }

  it('are for those who may manage them, and what pages need is for everybody', async () => {
    const user = await kernel.createUser()
    const refused = { code: 'platform.permission_missing' }
    const as = user
    await assert.rejects(kernel.call(routes.listLocales, {}, { as }), refused)
    await assert.rejects(kernel.call(routes.listTexts, { locale: 'de' }, { as }), refused)
    await assert.rejects(kernel.call(routes.saveText, { ...home, text: 'x', revision: 0 }, { as }), refused)
    await assert.rejects(kernel.call(routes.listWordings, home, { as }), refused)
    await assert.rejects(kernel.call(routes.exportTexts, { locale: 'de' }, { as }), refused)
    await assert.rejects(kernel.call(routes.importTexts, { locale: 'de', texts: {} }, { as }), refused)
    const shown = await kernel.call(routes.showOverrides, { locale: 'es' }, { as: 'stranger' })
    assert.deepEqual(shown, { locale: 'es', overrides: {} })
  })

  it('count what there is in each language', async () => {
    const { items, owners } = await kernel.call(routes.listLocales, {})
    assert.deepEqual(
      items.map(({ locale }) => locale),
      ['ar', 'de', 'en', 'es', 'zh-CN'],
    )
    assert.deepEqual(items.find(({ locale }) => locale === 'en')?.missing, 0)
    assert.deepEqual(
      owners.map(({ id }) => id),
      ['base', 'portal', 'admin'],
    )
    await assert.rejects(kernel.call(routes.listTexts, { locale: 'fr' }, { as: admin }), {
      code: 'translations.locale_not_found',
    })
  })

  it('are listed by pages beside the English ones', async () => {
    const first = await kernel.call(routes.listTexts, { locale: 'de', owner: 'portal', limit: 2 })
    const { nextCursor: cursor = '' } = first
    const next = await kernel.call(routes.listTexts, { locale: 'de', owner: 'portal', limit: 2, cursor })
    const keys = [...first.items, ...next.items].map(({ key }) => key)
    assert.equal(new Set(keys).size, 4)
    assert.equal((await read(home)).english, 'Log in')
  })

  it('say what an operator says, at once on the channel, and again as shipped', async () => {
    const shipped = (await read(home)).shipped
    socket = io(kernel.origin, { transports: ['websocket'] })
    const told: routes.Overrides[] = []
    socket.on('message', ({ data }: { data: routes.Overrides }) => told.push(data))
    await socket.emitWithAck('subscribe', { channel: 'translations.overrides:de' })

    const saved = await save(home, 'Einloggen')
    assert.deepEqual([saved.text, saved.shipped, saved.revision], ['Einloggen', shipped, 1])
    await eventually(() => told.at(-1)?.overrides.portal?.['portal.login'] === 'Einloggen')
    assert.deepEqual((await kernel.call(routes.showOverrides, { locale: 'de' })).overrides, {
      portal: { 'portal.login': 'Einloggen' },
    })
    assert.equal((await save(home, null)).text, null)
    await eventually(() => told.at(-1)?.overrides.portal === undefined)
    const { items } = await kernel.call(routes.listWordings, home)
    assert.deepEqual(
      items.map(({ revision, text }) => [revision, text]),
      [
        [2, null],
        [1, 'Einloggen'],
      ],
    )
  })

  it('keep the work of two operators apart', async () => {
    const { revision } = await read(home)
    await kernel.call(routes.saveText, { ...home, text: 'Hinein', revision }, { as: other })
    await assert.rejects(kernel.call(routes.saveText, { ...home, text: 'Los', revision }, { as: admin }), {
      code: 'translations.changed_meanwhile',
    })
    assert.equal((await read(home)).text, 'Hinein')
    await save(home, null)
  })

  it('refuse what a page could not show', async () => {
    const home2 = { locale: 'de', owner: 'portal', key: 'portal.homeLink' } as const
    const cases: readonly (readonly [Place, string, string])[] = [
      [home, '  ', 'text_is_empty'],
      [home, '<b>Los</b>', 'html_not_allowed'],
      [home, 'Los {', 'syntax_not_valid'],
      [home, "Los {name} {'@'}", 'placeholders_must_match'],
      [home2, 'Startseite', 'placeholders_must_match'],
      [unread, '{count} جديد | {count} جديدة', 'plural_forms_must_match'],
    ]
    for (const [place, text, reason] of cases) {
      await assert.rejects(save(place, text), { code: `translations.${reason}` }, text)
    }
    await assert.rejects(
      kernel.call(routes.saveText, { ...home, key: 'portal.nothing', text: 'x', revision: 0 }, { as: admin }),
      { code: 'translations.text_not_found' },
    )
  })

  it('leave the number out of a form that says it in words', async () => {
    const text = 'لا شيء | واحد | اثنان | {count} أشياء | {count} شيئًا | {count} شيء'
    assert.equal((await save(unread, text)).text, text)
    assert.equal((await read(unread)).forms.length, 6)
    await save(unread, null)
  })

  it('go out as a file and come back, without what breaks a rule', async () => {
    const { texts } = await kernel.call(routes.exportTexts, { locale: 'de' })
    assert.equal(texts.portal?.['portal.login'], (await read(home)).shipped ?? '')
    const changed = {
      ...texts,
      portal: { 'portal.login': 'Hereinspaziert', 'portal.homeLink': 'Ohne', 'portal.none': 'Nichts' },
    }
    const result = await kernel.call(routes.importTexts, { locale: 'de', texts: changed })
    assert.equal(result.saved, 1)
    assert.deepEqual(
      result.refused.map(({ key, code }) => [key, code]),
      [
        ['portal.homeLink', 'translations.placeholders_must_match'],
        ['portal.none', 'translations.text_not_found'],
      ],
    )
    const { items } = await kernel.call(routes.listTexts, { locale: 'de', state: 'edited' })
    assert.deepEqual(
      items.map(({ text }) => text),
      ['Hereinspaziert'],
    )
    await save(home, null)
  })
})
