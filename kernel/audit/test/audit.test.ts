import assert from 'node:assert/strict'
import { createUser as openAccount, changeLevel, identityRefusals } from '../../identity/routes.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import { auditRefusals, listAudit, showAuditEntry } from '../routes.ts'

describe('audit', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let admin: TestUser
  let user: TestUser

  before(async () => {
    kernel = await createTestKernel()
    admin = await kernel.createUser({ role: 'admin' })
    user = await kernel.createUser()
  })
  after(() => kernel.stop())

  const ofUser = async (subjectId: string) =>
    (await admin.api(listAudit, { subjectKind: 'user', subjectId })).items
  const codeOf = (code: string) => (error: unknown) => (error as { code?: unknown }).code === code

  it('keeps who did what to whom, with the state before and after', async () => {
    const { id: userId } = await kernel.createUser()
    await admin.api(changeLevel, { userId, level: 3, reason: 'papers seen' })
    const [entry] = await ofUser(userId)
    assert.ok(entry)
    assert.deepEqual(
      [entry.actorId, entry.actorEmail, entry.action, entry.owner, entry.outcome],
      [admin.id, admin.email, 'identity.users.changeLevel', 'identity', 'done'],
    )
    const detail = await admin.api(showAuditEntry, { entryId: entry.id })
    assert.equal((detail.params as { reason: string }).reason, 'papers seen')
    assert.equal((detail.before as { level: number }).level, 0)
    assert.equal((detail.after as { level: number }).level, 3)
    const found = await admin.api(listAudit, { search: entry.requestId })
    assert.deepEqual(
      found.items.map(({ id }) => id),
      [entry.id],
    )
  })

  it('has the level that another operator gave meanwhile, and not the one that was to replace it', async () => {
    const { id: userId } = await admin.api(openAccount, {
      email: 'two@example.com',
      password: 'long enough 4 all',
    })
    await admin.api(changeLevel, { userId, level: 2, levelBefore: 0, reason: 'papers seen' })
    const late = admin.api(changeLevel, { userId, level: 1, levelBefore: 0, reason: 'papers missing' })
    await assert.rejects(late, (error: Error) => {
      const { problem } = error as Error & { problem: { type: string; current: { level: number } } }
      assert.match(problem.type, /identity\.changed_meanwhile$/)
      assert.equal(problem.current.level, 2)
      return true
    })
  })

  it('keeps what was refused, under its code', async () => {
    await assert.rejects(
      admin.api(changeLevel, { userId: '999999', level: 3, reason: 'nobody' }),
      codeOf(identityRefusals.user_not_found.code),
    )
    const [entry] = await ofUser('999999')
    assert.deepEqual([entry?.outcome, entry?.problem], ['refused', identityRefusals.user_not_found.code])
    const refused = await admin.api(listAudit, { outcome: 'refused' })
    assert.ok(refused.items.some(({ id }) => id === entry?.id))
  })

  it('names what an act made, and leaves passwords out', async () => {
    const made = await admin.api(openAccount, {
      email: 'made@example.com',
      password: 'a long pass-phrase 17',
    })
    const [entry] = await ofUser(made.id)
    assert.equal(entry?.action, 'identity.users.create')
    const detail = await admin.api(showAuditEntry, { entryId: entry.id })
    assert.ok(!JSON.stringify(detail).includes('pass-phrase'))
    assert.equal((detail.params as { email: string }).email, 'made@example.com')
  })

  it('has no line of strangers, and shows them none', async () => {
    const before = await admin.api(listAudit, { limit: 1 })
    await assert.rejects(user.api(changeLevel, { userId: user.id, level: 9, reason: 'please' }))
    await assert.rejects(user.api(listAudit, {}), codeOf('platform.permission_missing'))
    await assert.rejects(user.api(showAuditEntry, { entryId: '1' }), codeOf('platform.permission_missing'))
    assert.deepEqual((await admin.api(listAudit, { limit: 1 })).items, before.items)
    await assert.rejects(
      admin.api(showAuditEntry, { entryId: '999999' }),
      codeOf(auditRefusals.entry_not_found.code),
    )
  })

  it('cannot be changed or shortened, by nobody', async () => {
    const { id: userId } = await kernel.createUser()
    await admin.api(changeLevel, { userId, level: 1, reason: 'for the trigger' })
    const [entry] = await ofUser(userId)
    const row = () => kernel.parts.database('audit_entries').where({ seq: entry?.id })
    await assert.rejects(row().update({ outcome: 'failed' }), /settled once/)
    await assert.rejects(row().update({ actor_id: '1' }), /settled once/)
    await assert.rejects(row().delete(), /stay/)
  })

  it('keeps an act from happening when it cannot be written down', async () => {
    const { id: userId } = await kernel.createUser()
    await kernel.parts.database.raw('RENAME TABLE audit_entries TO audit_away')
    try {
      await assert.rejects(admin.api(changeLevel, { userId, level: 5, reason: 'unseen' }))
    } finally {
      await kernel.parts.database.raw('RENAME TABLE audit_away TO audit_entries')
    }
    assert.equal((await kernel.parts.identity.findUser(userId))?.level, 0)
  })

  it('is leafed through from the newest on, without a gap or a repeat', async () => {
    const { id: userId } = await kernel.createUser()
    for (const level of [1, 2, 3]) await admin.api(changeLevel, { userId, level, reason: 'leafing' })
    const about = { subjectKind: 'user', subjectId: userId, limit: 2 }
    const first = await admin.api(listAudit, about)
    const rest = await admin.api(listAudit, { ...about, cursor: first.nextCursor ?? '' })
    const ids = [...first.items, ...rest.items].map(({ id }) => Number(id))
    assert.equal(ids.length, 3)
    assert.deepEqual(
      ids,
      ids.toSorted((left, right) => right - left),
    )
    assert.equal(rest.nextCursor, undefined)
  })
})
