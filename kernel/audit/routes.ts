import { Enum, Integer, Null, Object, Optional, String, Union, Unknown, type Static } from 'typebox'
import { id, page, pageOf, route, timestamp } from '../contract/index.ts'
import { auditRefusals } from './refusals.ts'

export { auditRefusals } from './refusals.ts'

const strict = { additionalProperties: false }
const outcome = Enum(['done', 'refused', 'failed', 'unknown'])

export const AuditEntry = Object({
  id,
  at: timestamp,
  actorId: String({
    description: "A user's id, or `system` for the operator's command on the machine itself.",
  }),
  actorEmail: Union([String(), Null()]),
  action: String(),
  owner: String({ description: 'The plugin or part of the platform that was acted on.' }),
  title: String({ description: 'What the act is, as its route says.' }),
  subjectKind: String({ description: '`user`, `plugin`, `market`, …' }),
  subjectId: String(),
  requestId: String(),
  address: String(),
  outcome: Enum(['done', 'refused', 'failed', 'unknown'], {
    description: '`unknown`: it has not ended, or the process ended first.',
  }),
  problem: Union([String(), Null()], { description: 'The code of the refusal.' }),
  tookMs: Union([Integer(), Null()]),
})
export type AuditEntry = Static<typeof AuditEntry>

export const AuditDetail = Object({
  ...AuditEntry.properties,
  params: Unknown({ description: 'What was asked for, secrets left out.' }),
  before: Unknown(),
  after: Unknown(),
})
export type AuditDetail = Static<typeof AuditDetail>

export const listAudit = route({
  action: 'audit.entries.list',
  rest: 'GET /audit',
  summary: 'List what operators did, newest first',
  permission: 'audit.entries.read',
  params: Object(
    {
      ...page,
      actorId: Optional(id),
      owner: Optional(String({ maxLength: 64 })),
      subjectKind: Optional(String({ maxLength: 64 })),
      subjectId: Optional(String({ maxLength: 190 })),
      outcome: Optional(outcome),
      search: Optional(
        String({ maxLength: 100, description: 'In the act and its subject, or the id of a request.' }),
      ),
      from: Optional(timestamp),
      until: Optional(timestamp),
    },
    strict,
  ),
  result: pageOf(AuditEntry),
  errors: [],
})

export const showAuditEntry = route({
  action: 'audit.entries.show',
  rest: 'GET /audit/:entryId',
  summary: 'Show what an operator asked for, and the state before and after',
  permission: 'audit.entries.read',
  params: Object({ entryId: String({ pattern: '^[1-9][0-9]{0,18}$' }) }, strict),
  result: AuditDetail,
  errors: [auditRefusals.entry_not_found.code],
})
