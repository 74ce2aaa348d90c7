import assert from 'node:assert/strict'
import { identityRefusals, register } from '../../identity/routes.ts'
import { eraseAccount, exportAccount } from '../../personal-data/routes.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import {
  acceptLegal,
  draftLegal,
  legalRefusals,
  listLegal,
  listManagedLegal,
  listOwedAcceptances,
  publishLegal,
  showLegal,
  showManagedLegal,
} from '../routes.ts'

const password = 'a long enough password'

describe('legal documents', function () {
  this.timeout(120_000)
  let kernel: TestKernel
  let admin: TestUser
  let user: TestUser

  before(async () => {
    kernel = await createTestKernel()
    admin = await kernel.createUser({ role: 'admin' })
    user = await kernel.createUser()
  })
  after(() => kernel.stop())

  const codeOf =
    ({ code }: { readonly code: string }) =>
    (error: unknown) =>
      (error as { code?: unknown }).code === code
  const textsOf = (title: string) => ({
    en: { title, body: '## First' },
    de: { title: 'Recht', body: 'Text' },
  })
  async function publish(
    document: string,
    title: string,
    how: { asks?: boolean; effectiveAt?: string } = {},
  ) {
    const { items } = await admin.api(listManagedLegal, {})
    const revision = items.find((one) => one.document === document)?.draft?.revision ?? 0
    const { draft } = await admin.api(draftLegal, { document, texts: textsOf(title), revision })
    const { asks: asksAcceptance = false, effectiveAt } = how
    const when = effectiveAt === undefined ? {} : { effectiveAt }
    return admin.api(publishLegal, { document, revision: draft?.revision ?? 0, asksAcceptance, ...when })
  }
  const owedBy = async (who: TestUser) =>
    (await who.api(listOwedAcceptances, {})).items.map(({ document, version }) => `${document} ${version}`)

  it('are read by everybody once they are in force, and earlier versions stay readable', async () => {
    const read = (params: { document: string; version?: number; language?: string }) =>
      kernel.call(showLegal, params, { as: 'stranger' })
    await assert.rejects(read({ document: 'terms' }), codeOf(legalRefusals.document_not_found))
    await publish('terms', 'First')
    const effectiveAt = new Date(kernel.clock.now().getTime() + 60_000).toISOString()
    await publish('terms', 'Second', { effectiveAt })
    assert.equal((await read({ document: 'terms' })).title, 'First')
    await assert.rejects(read({ document: 'terms', version: 2 }), codeOf(legalRefusals.version_not_found))
    await kernel.clock.advance(61_000)
    const shown = await read({ document: 'terms', language: 'de' })
    assert.deepEqual([shown.version, shown.title, shown.language], [2, 'Recht', 'de'])
    const earlier = await read({ document: 'terms', version: 1, language: 'fr' })
    assert.deepEqual([earlier.title, earlier.language, earlier.isInForce], ['First', 'en', false])
    const { items } = await kernel.call(listLegal, {}, { as: 'stranger' })
    assert.deepEqual(
      items.map(({ document, version }) => [document, version]),
      [['terms', 2]],
    )
  })

  it('are never changed once they are published', async () => {
    await assert.rejects(
      kernel.parts.database('legal_versions').where({ document: 'terms' }).update({ texts: '{}' }),
      /stay as they are/,
    )
    await assert.rejects(
      kernel.parts.database('legal_versions').where({ document: 'terms' }).delete(),
      /Published versions stay/,
    )
  })

  it('are accepted by who registers, where they ask for it', async () => {
    await publish('risk', 'Risk', { asks: true })
    const open = (email: string, accepted?: { document: string; version: number; language: string }[]) =>
      kernel.call(register, { email, password, ...(accepted ? { accepted } : {}) }, { as: 'stranger' })
    await assert.rejects(
      open('missing@example.test'),
      (error: { code?: unknown; problem?: { documents?: unknown; field?: unknown } }) => {
        assert.equal(error.code, identityRefusals.acceptance_missing.code)
        assert.deepEqual([error.problem?.field, error.problem?.documents], ['accepted', ['risk']])
        return true
      },
    )
    assert.equal(await kernel.parts.identity.findUserByEmail('missing@example.test'), undefined)
    const opened = await open('agrees@example.test', [{ document: 'risk', version: 1, language: 'de' }])
    assert.ok(opened.user)
    const kept = await kernel.parts.operating.legal.exportUser(opened.user.id)
    assert.deepEqual(
      kept.acceptedDocuments?.map((one) => ({ ...(one as object), at: undefined })),
      [{ document: 'risk', version: 1, language: 'de', at: undefined }],
    )
  })

  it('are owed by those who were there before, until they accept, and again when asked anew', async () => {
    assert.deepEqual(await owedBy(user), ['risk 1'])
    await assert.rejects(
      user.api(acceptLegal, { document: 'risk', version: 7, language: 'en' }),
      codeOf(legalRefusals.not_in_force),
    )
    await user.api(acceptLegal, { document: 'risk', version: 1, language: 'en' })
    assert.deepEqual(await owedBy(user), [])
    await publish('risk', 'A comma')
    assert.deepEqual(await owedBy(user), [])
    const effectiveAt = new Date(kernel.clock.now().getTime() + 60_000).toISOString()
    await publish('risk', 'A new rule', { asks: true, effectiveAt })
    assert.equal((await user.api(listOwedAcceptances, {})).nextAt, effectiveAt)
    await kernel.clock.advance(61_000)
    assert.deepEqual(await owedBy(user), ['risk 3'])
    await user.api(acceptLegal, { document: 'risk', version: 3, language: 'en' })
    assert.deepEqual(await owedBy(user), [])
    const { versions } = await admin.api(showManagedLegal, { document: 'risk' })
    assert.deepEqual(
      versions.map(({ version, acceptances, isInForce }) => [version, acceptances, isInForce]),
      [
        [3, 1, true],
        [2, 0, false],
        [1, 2, false],
      ],
    )
  })

  it('refuse the older of two drafts, and publish a draft once', async () => {
    const write = (revision: number, title: string) =>
      admin.api(draftLegal, { document: 'cookies', texts: textsOf(title), revision })
    await write(0, 'Anna')
    await assert.rejects(write(0, 'Ben'), codeOf(legalRefusals.changed_meanwhile))
    const send = () => admin.api(publishLegal, { document: 'cookies', revision: 1, asksAcceptance: false })
    await send()
    await assert.rejects(send(), codeOf(legalRefusals.changed_meanwhile))
  })

  it('are in English at least, come into force in order, and are written by who may', async () => {
    const texts = { de: { title: 'Nur deutsch', body: 'Text' } }
    await assert.rejects(
      admin.api(draftLegal, { document: 'german', texts, revision: 0 }),
      codeOf(legalRefusals.english_needed),
    )
    await assert.rejects(
      publish('past', 'Past', { effectiveAt: '2020-01-01T00:00:00.000Z' }),
      codeOf(legalRefusals.must_follow_earlier_versions),
    )
    await assert.rejects(user.api(listManagedLegal, {}), codeOf({ code: 'platform.permission_missing' }))
  })

  it('leave the export and the platform with the account', async () => {
    const exported = await user.api(exportAccount, {})
    assert.equal(exported.owners.legal?.acceptedDocuments?.length, 2)
    await kernel.call(eraseAccount, { userId: user.id, reason: 'asked to', confirmation: user.email })
    assert.deepEqual(await kernel.parts.operating.legal.exportUser(user.id), { acceptedDocuments: [] })
  })
})
