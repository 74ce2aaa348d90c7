import assert from 'node:assert/strict'
import { listNotices } from '../../notifications/routes.ts'
import type { Values } from '../../metrics/index.ts'
import {
  createTestKernel,
  startMailServer,
  useMailServer,
  type TestKernel,
  type TestMailServer,
  type TestUser,
} from '../../testing/index.ts'
import * as routes from '../routes.ts'
import { addressProblem, isInside, signatureOf } from '../webhook.ts'
import { startReceiver } from './receiver.ts'

const slow = {
  title: 'Answers take long',
  indicator: 'http.p95',
  comparison: 'above',
  threshold: 500,
  forSeconds: 60,
  severity: 'critical',
  isOn: true,
} as const

describe('alerts', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let admin: TestUser
  let user: TestUser
  let server: TestMailServer
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  let values: Values = {}

  before(async () => {
    receiver = await startReceiver()
    server = await startMailServer()
    kernel = await createTestKernel({ privateHosts: [receiver.host] })
    admin = await kernel.createUser({ role: 'admin' })
    user = await kernel.createUser()
    kernel.parts.points.modules.alerts.watch({ latest: async () => values })
    await useMailServer(kernel, server)
  })
  after(async () => {
    await kernel.stop()
    await receiver.stop()
    await server.stop()
  })

  /** The figures as they are from now on, looked at after a while. */
  async function pass(seconds: number, now: Values): Promise<void> {
    values = { 'http.p95': 20, ...now }
    await kernel.clock.advance(seconds * 1_000)
    await kernel.parts.points.modules.alerts.look()
    await kernel.settled()
  }
  const current = async () => (await admin.api(routes.listAlerts, {})).items
  const past = async (ruleId: string) => (await admin.api(routes.listPastAlerts, { ruleId })).items
  const ruleOf = async (id: string) =>
    (await admin.api(routes.listRules, {})).items.find((rule) => rule.id === id)

  it('are watched for from the start, by rules that operators may change and have back', async () => {
    const { items, indicators } = await admin.api(routes.listRules, {})
    assert.ok(items.length >= 15)
    assert.ok(items.every(({ isOn, origin }) => isOn && origin === 'platform'))
    assert.ok(indicators.some(({ id, unit }) => id === 'disk.free' && unit === 'ratio'))
    const shipped = await ruleOf('platform.slowAnswers')
    assert.ok(shipped)
    const { id: ruleId, revision, origin: _o, unit: _u, isChanged: _c, firing: _f, ...content } = shipped
    const changed = await admin.api(routes.changeRule, { ...content, ruleId, revision, threshold: 300 })
    assert.deepEqual([changed.threshold, changed.isChanged], [300, true])
    await assert.rejects(admin.api(routes.changeRule, { ...content, ruleId, revision }), {
      code: 'alerts.changed_meanwhile',
    })
    await admin.api(routes.removeRule, { ruleId })
    assert.equal((await ruleOf(ruleId))?.threshold, 1_000)
    await assert.rejects(user.api(routes.listRules, {}), { code: 'platform.permission_missing' })
  })

  it('are pending first, fire when it lasts, and are over when it has been calm', async () => {
    const { id } = await admin.api(routes.createRule, slow)
    await pass(10, { 'http.p95': 700 })
    assert.equal((await current()).find(({ ruleId }) => ruleId === id)?.state, 'pending')
    await pass(61, { 'http.p95': 900 })
    const firing = (await current()).find(({ ruleId }) => ruleId === id)
    assert.deepEqual([firing?.state, firing?.value, firing?.unit], ['firing', 900, 'ms'])
    await pass(10, { 'http.p95': 20 })
    assert.equal((await current()).find(({ ruleId }) => ruleId === id)?.state, 'firing')
    await pass(31, { 'http.p95': 20 })
    assert.equal(
      (await current()).some(({ ruleId }) => ruleId === id),
      false,
    )
    assert.deepEqual(
      (await past(id)).map(({ state, value }) => [state, value]),
      [['resolved', 20]],
    )
    const told = (await admin.api(listNotices, {})).items.filter(({ kind }) => kind === 'platform.alert')
    assert.deepEqual(told.map(({ title, data }) => [title, data.title]).slice(0, 2), [
      ['notices.alert.resolved.title', slow.title],
      ['notices.alert.firing.title', slow.title],
    ])
    assert.equal((await user.api(listNotices, {})).items.length, 0)
    await admin.api(routes.removeRule, { ruleId: id })
  })

  it('that do not last are nobody’s business', async () => {
    const { id } = await admin.api(routes.createRule, slow)
    await pass(10, { 'http.p95': 700 })
    await pass(10, { 'http.p95': 20 })
    assert.equal(
      (await current()).some(({ ruleId }) => ruleId === id),
      false,
    )
    assert.equal((await past(id)).length, 0)
    await admin.api(routes.removeRule, { ruleId: id })
  })

  it('are one for each subject, however often it is looked', async () => {
    const jobs = { 'jobs.failures': { 'a.job': 3, 'b.job': 2, 'c.job': 0 } }
    await pass(10, jobs)
    await pass(10, jobs)
    const found = (await current()).filter(({ ruleId }) => ruleId === 'platform.jobFailing')
    assert.deepEqual(found.map(({ subject }) => subject).sort(), ['a.job', 'b.job'])
    await pass(10, {})
    assert.equal((await current()).filter(({ ruleId }) => ruleId === 'platform.jobFailing').length, 2)
    await pass(10, { 'jobs.failures': {} })
    await pass(31, { 'jobs.failures': {} })
    assert.equal((await current()).length, 0)
  })

  it('that are silenced are told when the silence ends, if they still fire', async () => {
    const { id } = await admin.api(routes.createRule, { ...slow, forSeconds: 0, title: 'Silenced rule' })
    const endsAt = new Date(kernel.clock.now().getTime() + 60_000).toISOString()
    await admin.api(routes.createSilence, { ruleId: id, reason: 'Works tonight', endsAt })
    await pass(10, { 'http.p95': 800 })
    const silenced = (await current()).find(({ ruleId }) => ruleId === id)
    assert.deepEqual([silenced?.state, silenced?.isSilenced], ['firing', true])
    const toldOf = async () =>
      (await admin.api(listNotices, {})).items.filter(({ data }) => data.title === 'Silenced rule').length
    assert.equal(await toldOf(), 0)
    await pass(60, { 'http.p95': 800 })
    assert.equal(await toldOf(), 1)
    const [silence] = (await admin.api(routes.listSilences, {})).items
    assert.equal(silence?.reason, 'Works tonight')
    await assert.rejects(admin.api(routes.endSilence, { silenceId: silence?.id ?? '' }), {
      code: 'alerts.silence_not_found',
    })
    await assert.rejects(
      admin.api(routes.createSilence, { reason: 'Too late', endsAt: '2020-01-01T00:00:00.000Z' }),
      { code: 'alerts.silence_must_end_later' },
    )
    await admin.api(routes.removeRule, { ruleId: id })
    await pass(10, {})
    assert.equal((await past(id)).length, 1)
  })

  it('are refused rules that could find nothing', async () => {
    await assert.rejects(admin.api(routes.createRule, { ...slow, indicator: 'http.none' }), {
      code: 'alerts.rule_invalid',
    })
    await assert.rejects(admin.api(routes.createRule, { ...slow, indicator: 'metrics.value' }), {
      code: 'alerts.rule_invalid',
    })
    await assert.rejects(admin.api(routes.removeRule, { ruleId: 'none' }), { code: 'alerts.rule_not_found' })
  })

  it('go to a webhook, signed, and again until it takes them', async () => {
    const { channel, secret } = await admin.api(routes.createChannel, {
      kind: 'webhook',
      name: 'Pager',
      severityMin: 'critical',
      isOn: true,
      address: receiver.address,
    })
    assert.match(secret ?? '', /^whsec_/)
    assert.equal(
      JSON.stringify((await admin.api(routes.listChannels, {})).items).includes(secret ?? 'x'),
      false,
    )
    receiver.answer(500)
    const { id } = await admin.api(routes.createRule, { ...slow, forSeconds: 0, title: 'For the pager' })
    await pass(10, { 'http.p95': 800 })
    const deliveryOf = async () =>
      (await admin.api(routes.listDeliveries, { channelId: channel.id })).items[0]
    const waiting = await deliveryOf()
    assert.deepEqual([waiting?.state, waiting?.attempts, waiting?.answer], ['waiting', 1, '500 not now'])
    receiver.answer(200)
    await pass(60, { 'http.p95': 800 })
    assert.equal((await deliveryOf())?.state, 'sent')
    const { headers, body } = receiver.received.at(-1) ?? { headers: {}, body: '' }
    const signature = String(headers['x-cambium-signature'])
    const seconds = Number(/^t=(\d+),/.exec(signature)?.[1])
    assert.equal(signature, signatureOf(secret ?? '', seconds, body))
    const told = JSON.parse(body) as { event: string; alert: { title: string; value: number }; link: string }
    assert.deepEqual([told.event, told.alert.title, told.alert.value], ['alert.firing', 'For the pager', 800])
    assert.equal(told.link, 'https://exchange.example/admin/alerts')
    const renewed = await admin.api(routes.renewChannelSecret, { channelId: channel.id })
    assert.notEqual(renewed.secret, secret)
    receiver.answer(302)
    const test = await admin.api(routes.testChannel, { channelId: channel.id })
    assert.deepEqual([test.state, test.turn, test.answer], ['failed', 'test', '302 not now'])
    await admin.api(routes.removeRule, { ruleId: id })
    await admin.api(routes.removeChannel, { channelId: channel.id })
  })

  it('go to addresses by e-mail, from the gravity on that a channel wants', async () => {
    const { channel } = await admin.api(routes.createChannel, {
      kind: 'email',
      name: 'On call',
      severityMin: 'critical',
      isOn: true,
      recipients: ['oncall@exchange.example'],
    })
    const { id } = await admin.api(routes.createRule, {
      ...slow,
      forSeconds: 0,
      title: 'For the one on call',
    })
    const { id: mild } = await admin.api(routes.createRule, {
      ...slow,
      forSeconds: 0,
      title: 'Only a warning',
      severity: 'warning',
    })
    await pass(10, { 'http.p95': 812 })
    const letter = await server.letterTo('oncall@exchange.example')
    assert.equal(letter.subject, 'Critical: For the one on call')
    assert.match(letter.text, /Now: 812 ms[\s\S]*Limit: > 500 ms/)
    assert.ok(letter.html.includes('https://exchange.example/admin/alerts'))
    assert.equal(server.letters.filter(({ to }) => to === 'oncall@exchange.example').length, 1)
    const changed = await admin.api(routes.changeChannel, {
      channelId: channel.id,
      revision: channel.revision,
      name: 'On call',
      severityMin: 'info',
      isOn: false,
      recipients: ['other@exchange.example'],
    })
    assert.deepEqual([changed.isOn, changed.recipients], [false, ['other@exchange.example']])
    await assert.rejects(
      admin.api(routes.createChannel, {
        kind: 'email',
        name: 'Wrong',
        severityMin: 'info',
        isOn: true,
        recipients: ['nobody'],
      }),
      { code: 'alerts.channel_invalid' },
    )
    for (const ruleId of [id, mild]) await admin.api(routes.removeRule, { ruleId })
    await pass(10, {})
  })

  it('do not lead a webhook into the network behind the platform', async () => {
    const kept = new Set(['127.0.0.1:1'])
    for (const address of [
      'http://example.com/',
      'https://127.0.0.1/',
      'https://[::1]/',
      'https://10.0.0.8/',
    ])
      assert.notEqual(addressProblem(address, kept), undefined, address)
    for (const address of ['https://169.254.169.254/', 'https://[::ffff:127.0.0.1]/', 'ftp://example.com/'])
      assert.notEqual(addressProblem(address, kept), undefined, address)
    assert.equal(addressProblem('https://example.com/hook', kept), undefined)
    assert.equal(addressProblem('http://127.0.0.1:1/', kept), undefined)
    assert.equal(isInside('93.184.215.14'), false)
    // A name is looked up in the moment of connecting.
    const { channel } = await admin.api(routes.createChannel, {
      kind: 'webhook',
      name: 'Inside',
      severityMin: 'info',
      isOn: false,
      address: 'https://localhost/',
    })
    const test = await admin.api(routes.testChannel, { channelId: channel.id })
    assert.match(test.answer ?? '', /inside the network/)
    await admin.api(routes.removeChannel, { channelId: channel.id })
    await assert.rejects(admin.api(routes.removeChannel, { channelId: 'notice' }), {
      code: 'alerts.channel_must_stay',
    })
  })

  it('are looked for by one of several nodes', async () => {
    const node = await kernel.join()
    try {
      const { id } = await admin.api(routes.createRule, { ...slow, forSeconds: 0, title: 'Seen by two' })
      node.parts.points.modules.alerts.watch({ latest: async () => ({ 'http.p95': 900 }) })
      values = { 'http.p95': 900 }
      const nodes = [kernel.parts, node.parts].map(({ points }) => points.modules.alerts)
      // A look that began before with other figures may have the first turn.
      for (let turn = 0; turn < 3; turn++) {
        await kernel.clock.advance(20_000)
        await Promise.all([...nodes, ...nodes, ...nodes].map((alerts) => alerts.look()))
      }
      await kernel.settled()
      assert.equal((await current()).filter(({ ruleId }) => ruleId === id).length, 1)
      const { items } = await admin.api(routes.listDeliveries, { channelId: 'notice' })
      assert.equal(items.filter(({ title }) => title === 'Seen by two').length, 1)
      await admin.api(routes.removeRule, { ruleId: id })
    } finally {
      await node.stop()
    }
  })

  it('come of any metric by its name', async () => {
    const { id } = await admin.api(routes.createRule, {
      ...slow,
      title: 'Metric',
      indicator: 'metrics.value',
      subject: 'cambium_nodes',
      threshold: 0,
      forSeconds: 0,
    })
    const { observability, points } = kernel.parts
    points.modules.alerts.watch({ latest: observability.latest })
    await fetch(`${kernel.origin}/metrics`)
    await observability.sample()
    await observability.sample()
    await kernel.clock.advance(10_000)
    await points.modules.alerts.look()
    const found = (await current()).find(({ ruleId }) => ruleId === id)
    assert.deepEqual([found?.subject, found?.state], ['cambium_nodes', 'firing'])
  })
})
