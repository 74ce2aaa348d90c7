import assert from 'node:assert/strict'
import {
  createTestKernel,
  startMailServer,
  useMailServer,
  type TestKernel,
  type TestMailServer,
  type TestUser,
} from '../../testing/index.ts'
import { changeProfile } from '../../identity/routes.ts'
import { chooseNotices, listNoticeChoices, listNotices } from '../routes.ts'

describe('choices of notices', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let server: TestMailServer
  let user: TestUser
  let admin: TestUser

  before(async () => {
    server = await startMailServer()
    kernel = await createTestKernel()
    user = await kernel.createUser()
    admin = await kernel.createUser({ role: 'admin' })
    await useMailServer(kernel, server)
  })
  after(async () => {
    await kernel.stop()
    await server.stop()
  })

  const level = (key: string) =>
    kernel.parts.points.notifications.notify('platform', {
      userId: user.id,
      kind: 'platform.level',
      key,
      data: { level: 3 },
      link: '/wallet',
      title: 'notices.level.title',
      body: 'notices.level.body',
    })
  const lettersTo = () => server.letters.filter(({ to }) => to === user.email)

  it('show kinds the user may be told of, the bell on and letters off', async () => {
    const { items, canSendLetters } = await user.api(listNoticeChoices, {})
    assert.equal(canSendLetters, true)
    assert.deepEqual(
      items.map(({ kind, inApp, email, isFixed }) => [kind, inApp, email, isFixed]),
      [
        ['platform.security', true, true, true],
        ['platform.level', true, false, false],
      ],
    )
    const own = (await admin.api(listNoticeChoices, {})).items
    assert.ok(own.some(({ kind }) => kind === 'platform.alert'))
  })

  it('send a letter in the words of the notice and the language of the reader', async () => {
    await level('one')
    await kernel.settled()
    assert.equal(lettersTo().length, 0)
    await user.api(chooseNotices, { kind: 'platform.level', inApp: true, email: true })
    await level('two')
    const letter = await server.letterTo(user.email)
    assert.equal(letter.subject, 'You have level 3 now')
    assert.ok(letter.text.includes('https://exchange.example/wallet'))
    await user.api(changeProfile, { language: 'de' })
    await level('three')
    await kernel.settled()
    assert.notEqual(lettersTo().at(-1)?.subject, 'You have level 3 now')
    assert.equal(lettersTo().length, 2)
  })

  it('keep a notice out of the bell', async () => {
    const before = (await user.api(listNotices, {})).unread
    await user.api(chooseNotices, { kind: 'platform.level', inApp: false, email: false })
    await level('four')
    assert.equal((await user.api(listNotices, {})).unread, before)
  })

  it('do not reach what is about the safety of the account, or what one is never told', async () => {
    const off = { inApp: false, email: false }
    await assert.rejects(user.api(chooseNotices, { kind: 'platform.security', ...off }), {
      code: 'notifications.kind_must_stay',
    })
    await assert.rejects(user.api(chooseNotices, { kind: 'platform.alert', ...off }), {
      code: 'notifications.kind_not_found',
    })
  })
})
