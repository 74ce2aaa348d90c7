import assert from 'node:assert/strict'
import type { ProblemError } from '../../contract/index.ts'
import { changeSettings, showSettings } from '../../settings/routes.ts'
import {
  createTestKernel,
  startMailServer,
  useMailServer,
  type TestKernel,
  type TestMailServer,
  type TestUser,
} from '../../testing/index.ts'
import { listLetters, retryLetter, showMail, testMail } from '../routes.ts'

const letter = {
  language: 'en',
  subject: 'Hello',
  title: 'Hello <b>there</b>',
  paragraphs: ['One & two'],
  action: { label: 'Open it', path: '/wallet?tab=1' },
  footnote: 'Because of a test.',
}

describe('letters', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let server: TestMailServer
  let admin: TestUser
  let user: TestUser

  before(async () => {
    server = await startMailServer()
    kernel = await createTestKernel()
    admin = await kernel.createUser({ role: 'admin' })
    user = await kernel.createUser()
  })
  after(async () => {
    await kernel.stop()
    await server.stop()
  })

  const post = (key: string, to = `${key}@example.test`, more = {}) => {
    const { mail } = kernel.parts.points.modules
    return mail.post(kernel.parts.database, { to, kind: 'test.letter', key, letter, ...more })
  }
  const stateOf = async (recipient: string) =>
    (await admin.api(listLetters, {})).items.find((one) => one.recipient === recipient)

  it('are refused by name as long as no server is set up, and everybody can see that', async () => {
    assert.deepEqual(await kernel.call(showMail, {}, { as: 'stranger' }), { isSetUp: false })
    await assert.rejects(admin.api(testMail, {}), { code: 'mail.not_set_up' })
  })

  it('go out with a secret that is kept sealed and never told', async () => {
    await useMailServer(kernel, server)
    const { values } = await kernel.call(showSettings, { pluginId: 'mail' })
    assert.deepEqual(values.password, { isSet: true })
    const [row] = await kernel.parts.database('settings_values').where({ owner: 'mail' })
    assert.equal(String((row as { content: string }).content).includes('mail secret'), false)
    assert.deepEqual(await kernel.call(showMail, {}), { isSetUp: true })
    const { recipient, answer } = await admin.api(testMail, {})
    assert.equal(recipient, admin.email)
    assert.match(answer, /^250/)
    const received = await server.letterTo(admin.email)
    assert.equal(received.user, 'cambium')
    await assert.rejects(user.api(testMail, {}), { code: 'platform.permission_missing' })
  })

  it('say the same as HTML and as text, in the colours and with the brand of the theme', async () => {
    await post('looks')
    const received = await server.letterTo('looks@example.test')
    const { brand, tokens } = await kernel.parts.themes.content('portal')
    assert.match(received.html, /Hello &lt;b&gt;there&lt;\/b&gt;/)
    assert.ok(received.html.includes(`background:${tokens.light.accent}`))
    assert.ok(received.html.includes('href="https://exchange.example/wallet?tab=1"'))
    assert.match(received.text, /One & two[\s\S]*https:\/\/exchange\.example\/wallet\?tab=1/)
    assert.ok(received.from.includes(brand))
  })

  it('wait in the outbox while the server says later, and keep nothing of what they said when they are gone', async () => {
    server.answer(451)
    await post('later')
    await kernel.settled()
    const waiting = await stateOf('later@example.test')
    assert.equal(waiting?.state, 'waiting')
    assert.match(waiting?.answer ?? '', /Come again later/)
    const [kept] = await kernel.parts.database('mail_letters').where({ recipient: 'later@example.test' })
    assert.equal((kept as { content: string }).content.includes('One & two'), false)
    server.answer(250)
    await kernel.clock.advance(60_000)
    assert.equal((await server.letterTo('later@example.test')).subject, 'Hello')
    const sent = await stateOf('later@example.test')
    assert.deepEqual([sent?.state, sent?.attempts], ['sent', 2])
    const [gone] = await kernel.parts.database('mail_letters').where({ recipient: 'later@example.test' })
    assert.equal((gone as { content: null }).content, null)
  })

  it('are given up at once when the server refuses the address, until an operator tries again', async () => {
    server.answer(550)
    await post('nobody')
    await kernel.settled()
    const failed = await stateOf('nobody@example.test')
    assert.deepEqual([failed?.state, failed?.attempts], ['failed', 1])
    server.answer(250)
    await admin.api(retryLetter, { letterId: failed?.id ?? '' })
    await server.letterTo('nobody@example.test')
    await kernel.settled()
    await assert.rejects(admin.api(retryLetter, { letterId: failed?.id ?? '' }), {
      code: 'mail.letter_not_failed',
    })
    await assert.rejects(admin.api(retryLetter, { letterId: 'none' }), { code: 'mail.letter_not_found' })
  })

  it('are written once per key, go out after the commit, and not at all when it is rolled back', async () => {
    await post('once')
    await post('once')
    const { database, points } = kernel.parts
    const failing = database.transaction(async (trx) => {
      await points.modules.mail.post(trx, { to: 'never@example.test', kind: 'test', key: 'never', letter })
      throw new Error('rolled back')
    })
    await assert.rejects(failing, /rolled back/)
    await database.transaction((trx) =>
      points.modules.mail.post(trx, { to: 'after@example.test', kind: 'test', key: 'after', letter }),
    )
    await server.letterTo('after@example.test')
    await kernel.settled()
    assert.equal(server.letters.filter(({ to }) => to === 'once@example.test').length, 1)
    assert.equal(
      server.letters.some(({ to }) => to === 'never@example.test'),
      false,
    )
  })

  it('are not sent when they are worth nothing any more', async () => {
    await post('old', 'old@example.test', { expiresAt: new Date(kernel.clock.now().getTime() - 1) })
    await kernel.settled()
    assert.equal((await stateOf('old@example.test'))?.state, 'expired')
  })

  it('are told by the operator’s mistakes in words', async () => {
    const { values, revision } = await kernel.call(showSettings, { pluginId: 'mail' })
    const { password: _, ...plain } = values
    const wrong = { ...plain, password: 'another' }
    await kernel.call(changeSettings, { pluginId: 'mail', values: wrong, revision })
    await assert.rejects(admin.api(testMail, {}), ({ problem }: ProblemError) => {
      assert.match(JSON.stringify(problem), /Wrong user name or password/)
      return true
    })
  })
})
