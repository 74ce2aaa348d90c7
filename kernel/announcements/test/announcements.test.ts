import assert from 'node:assert/strict'
import { eraseAccount } from '../../personal-data/routes.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import {
  announcementsRefusals,
  changeAnnouncement,
  createAnnouncement,
  dismissAnnouncement,
  listAnnouncements,
  listShownAnnouncements,
  showAnnouncement,
  withdrawAnnouncement,
  type Announcement,
} from '../routes.ts'

const texts = { en: { title: 'New market', body: 'Trade **ETH** now' } }
const content = { level: 'info', audience: 'everyone', texts, isDismissible: true } as const

describe('announcements', function () {
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

  const idsFor = async (as: TestUser | 'stranger') =>
    (await kernel.call(listShownAnnouncements, {}, { as })).items.map(({ id }) => id)
  const withdraw = ({ id, revision }: Announcement) =>
    admin.api(withdrawAnnouncement, { announcementId: id, revision })
  const codeOf =
    ({ code }: { readonly code: string }) =>
    (error: unknown) =>
      (error as { code?: unknown }).code === code

  it('reach those they are for', async () => {
    const made = []
    for (const audience of ['everyone', 'signedIn', 'operators'] as const)
      made.push(await admin.api(createAnnouncement, { ...content, audience }))
    const [everyone, signedIn, operators] = made.map(({ id }) => id)
    assert.deepEqual(await idsFor('stranger'), [everyone])
    assert.deepEqual((await idsFor(user)).toSorted(), [everyone, signedIn].toSorted())
    assert.deepEqual((await idsFor(admin)).toSorted(), [everyone, signedIn, operators].toSorted())
    for (const one of made) await withdraw(one)
    assert.deepEqual(await idsFor(admin), [])
  })

  it('are over at their end, and stay in the history', async () => {
    const untilAt = new Date(kernel.clock.now().getTime() + 60_000).toISOString()
    const { id } = await admin.api(createAnnouncement, { ...content, untilAt })
    assert.deepEqual(await idsFor('stranger'), [id])
    await kernel.clock.advance(61_000)
    assert.deepEqual(await idsFor('stranger'), [])
    const { items } = await admin.api(listAnnouncements, { limit: 1 })
    assert.equal(items[0]?.id, id)
  })

  it('stay away from who put them away, unless they must be read', async () => {
    const made = await admin.api(createAnnouncement, content)
    const { id: announcementId } = made
    await user.api(dismissAnnouncement, { announcementId })
    assert.deepEqual(await idsFor(user), [])
    assert.deepEqual(await idsFor('stranger'), [announcementId])
    const shown = await admin.api(showAnnouncement, { announcementId })
    assert.equal(shown.dismissals, 1)
    const { revision } = shown
    const must = { ...content, announcementId, revision, isDismissible: false }
    const changed = await admin.api(changeAnnouncement, must)
    assert.deepEqual(await idsFor(user), [announcementId])
    await withdraw(changed)
  })

  it('refuse the older of two changes, and hand out the present state', async () => {
    const { id: announcementId, revision } = await admin.api(createAnnouncement, content)
    const write = (title: string) =>
      admin.api(changeAnnouncement, {
        ...content,
        announcementId,
        revision,
        texts: { en: { title, body: '' } },
      })
    const changed = await write('Anna')
    await assert.rejects(
      write('Ben'),
      (error: { code?: unknown; problem?: { current?: Announcement } }) =>
        error.code === announcementsRefusals.changed_meanwhile.code &&
        error.problem?.current?.texts.en?.title === 'Anna',
    )
    await withdraw(changed)
    await assert.rejects(withdraw(changed), codeOf(announcementsRefusals.already_withdrawn))
  })

  it('are in English at least, end after they begin, and are written by who may', async () => {
    const write = (changes: object, who = admin) =>
      who.api(createAnnouncement, { ...content, ...changes } as typeof content)
    await assert.rejects(
      write({ texts: { de: { title: 'Neu', body: '' } } }),
      codeOf(announcementsRefusals.english_needed),
    )
    const fromAt = '2027-01-02T00:00:00.000Z'
    await assert.rejects(
      write({ fromAt, untilAt: '2027-01-01T00:00:00.000Z' }),
      codeOf(announcementsRefusals.must_end_after_it_begins),
    )
    await assert.rejects(write({}, user), codeOf({ code: 'platform.permission_missing' }))
    await assert.rejects(
      user.api(dismissAnnouncement, { announcementId: '0' }),
      codeOf(announcementsRefusals.announcement_not_found),
    )
  })

  it('forget who put them away with the account', async () => {
    const leaving = await kernel.createUser()
    const made = await admin.api(createAnnouncement, content)
    await leaving.api(dismissAnnouncement, { announcementId: made.id })
    await kernel.call(eraseAccount, { userId: leaving.id, reason: 'asked to', confirmation: leaving.email })
    const { dismissals } = await admin.api(showAnnouncement, { announcementId: made.id })
    assert.equal(dismissals, 0)
    await withdraw(made)
  })
})
