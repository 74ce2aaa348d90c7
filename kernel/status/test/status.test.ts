import assert from 'node:assert/strict'
import { planMaintenance } from '../../maintenance/routes.ts'
import { createTestKernel, type TestKernel } from '../../testing/index.ts'
import { continueIncident, openIncident, showStatus } from '../routes.ts'
import { splitByDay } from '../status.ts'

const MINUTE_MS = 60_000

describe('status', function () {
  this.timeout(120_000)
  let kernel: TestKernel
  let isDatabaseDown = false
  const quarantined: string[] = []

  before(async () => {
    kernel = await createTestKernel({ plugins: ['staking'] })
    const { observability, operating, plugins } = kernel.parts
    operating.status.lookUp(async () => ({
      values: { ...(await observability.latest()), 'database.down': isDatabaseDown ? 1 : 0 },
      plugins: { ...(await plugins.figures()), quarantined },
      names: await plugins.names(),
    }))
    await operating.status.sample()
  })
  after(() => kernel.stop())

  const look = async (minutes: number) => {
    await kernel.clock.advance(minutes * MINUTE_MS)
    await kernel.parts.operating.status.sample()
  }
  const show = () => kernel.call(showStatus, {}, { as: 'stranger' })
  const part = async (id: string) => (await show()).parts.find((one) => one.id === id)
  const downMs = async (id: string) =>
    (await part(id))?.days.reduce((sum, day) => sum + day.downMs, 0) ?? Number.NaN

  it('tells strangers how each part and product is, and nothing of why', async () => {
    const { state, parts } = await show()
    assert.equal(state, 'operational')
    assert.deepEqual(
      parts.map(({ id, name }) => [id, name]),
      [
        ['platform', null],
        ['accounts', null],
        ['trading', null],
        ['staking', 'Staking'],
      ],
    )
    const told = ['days', 'id', 'name', 'since', 'state', 'uptimePpm']
    assert.deepEqual(Object.keys(parts[0] ?? {}).toSorted(), told)
    assert.equal(parts[0]?.days.length, 90)
  })

  it('counts time as the look before found it, and records what went down until it is back', async () => {
    await look(2)
    isDatabaseDown = true
    await look(1)
    assert.equal((await part('platform'))?.state, 'down')
    await look(2)
    const during = (await show()).incidents.find(({ parts }) => parts.includes('platform'))
    assert.deepEqual([during?.source, during?.impact, during?.resolvedAt], ['recorded', 'down', null])
    isDatabaseDown = false
    await look(1)
    assert.equal((await part('platform'))?.state, 'operational')
    assert.ok(Math.abs((await downMs('platform')) - 3 * MINUTE_MS) < 20_000)
    assert.ok(((await part('platform'))?.uptimePpm ?? 1e6) < 1e6)
    assert.ok((await show()).incidents.find(({ id }) => id === during?.id)?.resolvedAt)
  })

  it('counts a long pause as down: nobody was answered', async () => {
    const before = await downMs('trading')
    await look(10)
    assert.ok((await downMs('trading')) - before >= 10 * MINUTE_MS - 1_000)
  })

  it('ends what it recorded of a product that is switched off while it is down', async () => {
    quarantined.push('lending')
    await look(1)
    const begun = (await show()).incidents.find(({ parts }) => parts.includes('lending'))
    assert.equal(begun?.resolvedAt, null)
    quarantined.pop()
    await look(1)
    assert.equal(await part('lending'), undefined)
    assert.ok((await show()).incidents.find(({ id }) => id === begun?.id)?.resolvedAt)
  })

  it('shows a product that rests as in maintenance', async () => {
    await kernel.call(planMaintenance, { scope: 'staking', message: 'Moving house' })
    await look(1)
    assert.equal((await part('staking'))?.state, 'maintenance')
    assert.equal((await part('platform'))?.state, 'operational')
  })

  it('has what operators write of an incident, until it is resolved', async () => {
    const user = await kernel.createUser()
    const admin = await kernel.createUser({ role: 'admin' })
    const written = {
      title: 'Late rewards',
      impact: 'degraded' as const,
      parts: ['staking'],
      text: 'We look.',
    }
    await assert.rejects(user.api(openIncident, written), { code: 'platform.permission_missing' })
    const { id } = await kernel.call(openIncident, written)
    await kernel.call(continueIncident, { incidentId: id, stage: 'resolved', text: 'All are paid.' })
    const shown = (await show()).incidents.find((incident) => incident.id === id)
    assert.deepEqual(
      shown?.entries.map(({ stage, text }) => `${stage} ${text}`),
      ['resolved All are paid.', 'investigating We look.'],
    )
    const again = admin.api(continueIncident, { incidentId: id, stage: 'watching', text: 'And now' })
    await assert.rejects(again, { code: 'status.incident_already_resolved' })
    const unknown = { incidentId: '0'.repeat(26), stage: 'watching' as const, text: 'What' }
    await assert.rejects(admin.api(continueIncident, unknown), { code: 'status.incident_not_found' })
  })

  it('splits time at midnight in UTC', () => {
    const split = splitByDay(new Date('2026-11-22T23:59:00Z'), new Date('2026-11-23T00:02:00Z'))
    assert.deepEqual(split, [
      { day: '2026-11-22', ms: MINUTE_MS },
      { day: '2026-11-23', ms: 2 * MINUTE_MS },
    ])
  })
})
