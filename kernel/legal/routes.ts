import { Array, Boolean, Integer, Null, Object, Optional, Record, String, Union, type Static } from 'typebox'
import { route, timestamp } from '../contract/index.ts'
import { legalRefusals } from './refusals.ts'

export { legalRefusals } from './refusals.ts'

const strict = { additionalProperties: false }
const permission = 'legal.documents.manage'
const document = String({ maxLength: 40, pattern: '^[a-z][a-z0-9-]*$', description: 'Such as `terms`.' })
const version = Integer({ minimum: 1 })
const locale = String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$', maxLength: 20 })
const revision = Integer({ minimum: 0, description: 'Of the draft that was read; 0 where there is none.' })

export const LegalText = Object(
  {
    title: String({ minLength: 1, maxLength: 120, pattern: '\\S' }),
    body: String({
      minLength: 1,
      maxLength: 100_000,
      description: 'Markdown; raw HTML is shown as text.',
    }),
  },
  strict,
)
export type LegalText = Static<typeof LegalText>

const texts = Record(locale, LegalText, {
  maxProperties: 40,
  description: 'By locale; a locale without one reads the English.',
})
const titles = Record(locale, String())

const versionOf = {
  version,
  effectiveAt: timestamp,
  asksAcceptance: Boolean({ description: 'Users accept it before they go on.' }),
}

export const LegalVersion = Object(versionOf)
export type LegalVersion = Static<typeof LegalVersion>

export const LegalTitle = Object({ document, titles, ...versionOf })
export type LegalTitle = Static<typeof LegalTitle>

export const ShownLegal = Object({
  document,
  ...versionOf,
  language: String({ description: 'The text is in; English where it was not written in the one asked for.' }),
  title: String(),
  body: String(),
  isInForce: Boolean(),
  versions: Array(LegalVersion, { description: 'All that are or were in force, newest first.' }),
})
export type ShownLegal = Static<typeof ShownLegal>

export const PublishedLegal = Object({
  ...versionOf,
  publishedBy: String(),
  publishedAt: timestamp,
  isInForce: Boolean(),
  acceptances: Integer({ description: 'How many users accepted it.' }),
})
export type PublishedLegal = Static<typeof PublishedLegal>

export const ManagedLegal = Object({
  document,
  titles,
  draft: Union([Object({ texts, revision, changedBy: String(), changedAt: timestamp }), Null()]),
  inForce: Union([Object({ version, texts }), Null()]),
  versions: Array(PublishedLegal),
})
export type ManagedLegal = Static<typeof ManagedLegal>

export const listLegal = route({
  action: 'legal.documents.current',
  rest: 'GET /legal',
  summary: 'List the legal documents in force',
  description:
    'One that asks for acceptance, now or in an earlier version, is accepted by who opens an account.',
  permission: 'public',
  params: Object({}, strict),
  result: Object({ items: Array(LegalTitle) }),
  errors: [],
})

export const showLegal = route({
  action: 'legal.documents.read',
  rest: 'GET /legal/documents/:document',
  summary: 'Read a legal document: the version in force, or an earlier one',
  permission: 'public',
  params: Object({ document, language: Optional(locale), version: Optional(version) }, strict),
  result: ShownLegal,
  errors: [legalRefusals.document_not_found.code, legalRefusals.version_not_found.code],
})

export const listOwedAcceptances = route({
  action: 'legal.acceptances.owed',
  rest: 'GET /legal/owed',
  summary: 'List the documents in force that the caller has still to accept',
  permission: 'signedIn',
  params: Object({}, strict),
  result: Object({
    items: Array(LegalTitle),
    nextAt: Union([timestamp, Null()], { description: 'When the next version comes into force.' }),
  }),
  errors: [],
})

export const acceptLegal = route({
  action: 'legal.acceptances.accept',
  rest: 'POST /legal/documents/:document/accept',
  summary: 'Accept the version of a document that is in force',
  permission: 'signedIn',
  params: Object({ document, version, language: locale }, strict),
  result: Object({}),
  errors: [legalRefusals.document_not_found.code, legalRefusals.not_in_force.code],
})

export const listManagedLegal = route({
  action: 'legal.documents.list',
  rest: 'GET /legal/managed',
  summary: 'List every legal document, with its draft and its versions',
  permission,
  params: Object({}, strict),
  result: Object({ items: Array(ManagedLegal) }),
  errors: [],
})

export const showManagedLegal = route({
  action: 'legal.documents.show',
  rest: 'GET /legal/managed/:document',
  summary: 'Show a legal document with its draft and its versions',
  permission,
  params: Object({ document }, strict),
  result: ManagedLegal,
  errors: [legalRefusals.document_not_found.code],
})

export const draftLegal = route({
  action: 'legal.documents.draft',
  rest: 'PUT /legal/managed/:document/draft',
  summary: 'Write the draft of a legal document',
  description: 'A document that nobody wrote before begins with its draft.',
  permission,
  shownBy: 'legal.documents.show',
  params: Object({ document, texts, revision }, strict),
  result: ManagedLegal,
  errors: [legalRefusals.changed_meanwhile.code, legalRefusals.english_needed.code],
})

export const publishLegal = route({
  action: 'legal.documents.publish',
  rest: 'POST /legal/managed/:document/publish',
  summary: 'Publish the draft of a legal document',
  description: 'It comes into force at once unless it says when. What is published stays readable for ever.',
  permission,
  shownBy: 'legal.documents.show',
  params: Object({ document, revision, asksAcceptance: Boolean(), effectiveAt: Optional(timestamp) }, strict),
  result: ManagedLegal,
  errors: [
    legalRefusals.document_not_found.code,
    legalRefusals.changed_meanwhile.code,
    legalRefusals.must_follow_earlier_versions.code,
  ],
})
