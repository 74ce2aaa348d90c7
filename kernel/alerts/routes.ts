import {
  Array,
  Boolean,
  Enum,
  Integer,
  Null,
  Number,
  Object,
  Optional,
  String,
  Union,
  type Static,
} from 'typebox'
import { id, page, pageOf, route, timestamp } from '../contract/index.ts'
import { alertsRefusals } from './refusals.ts'

export { alertsRefusals } from './refusals.ts'

const strict = { additionalProperties: false }
const read = 'alerts.alerts.read'
const manage = 'alerts.rules.manage'
const severity = Enum(['info', 'warning', 'critical'])
const stringOrNull = Union([String(), Null()])

export const Alert = Object({
  id,
  ruleId: String(),
  title: String(),
  subject: String({ description: 'Empty for a figure of the whole platform.' }),
  severity,
  state: Enum(['pending', 'firing', 'resolved']),
  indicator: String(),
  unit: String(),
  comparison: Enum(['above', 'below']),
  threshold: Number(),
  value: Number({ description: 'As it was last, or when it was over.' }),
  isSilenced: Boolean(),
  pendingAt: timestamp,
  firingAt: Union([timestamp, Null()]),
  resolvedAt: Union([timestamp, Null()]),
})
export type Alert = Static<typeof Alert>

const ruleWords = {
  title: String({ minLength: 3, maxLength: 120 }),
  indicator: String({ maxLength: 64 }),
  subject: Optional(String({ minLength: 1, maxLength: 190 })),
  comparison: Enum(['above', 'below']),
  threshold: Number(),
  forSeconds: Integer({ minimum: 0, maximum: 86_400 }),
  severity,
  isOn: Boolean(),
}

export const Rule = Object({
  ...ruleWords,
  id: String(),
  origin: String({ description: '`platform`, the id of a plugin, or `operator`.' }),
  unit: String(),
  isChanged: Boolean({ description: 'It is not as it was declared.' }),
  revision: Integer(),
  firing: Integer({ description: 'How many of its alerts fire now.' }),
})
export type Rule = Static<typeof Rule>

export const Silence = Object({
  id,
  ruleId: stringOrNull,
  subject: stringOrNull,
  reason: String(),
  createdBy: String(),
  createdAt: timestamp,
  endsAt: timestamp,
})
export type Silence = Static<typeof Silence>

const channelWords = {
  name: String({ minLength: 1, maxLength: 80 }),
  severityMin: severity,
  isOn: Boolean(),
  /** E-mail: addresses. */
  recipients: Optional(Array(String({ maxLength: 254 }), { minItems: 1, maxItems: 20 })),
  /** Webhook: where it is posted. */
  address: Optional(String({ maxLength: 500 })),
}

export const Channel = Object({
  ...channelWords,
  id,
  kind: Enum(['notice', 'email', 'webhook']),
  revision: Integer(),
  lastDelivery: Union([Object({ state: String(), at: timestamp }), Null()]),
})
export type Channel = Static<typeof Channel>

export const Delivery = Object({
  id,
  channelId: String(),
  channelName: String(),
  title: String(),
  turn: Enum(['firing', 'resolved', 'test']),
  state: Enum(['waiting', 'sent', 'failed']),
  attempts: Integer(),
  answer: stringOrNull,
  durationMs: Union([Integer(), Null()]),
  createdAt: timestamp,
  nextAt: Union([timestamp, Null()]),
  finishedAt: Union([timestamp, Null()]),
})
export type Delivery = Static<typeof Delivery>

export const listAlerts = route({
  action: 'alerts.alerts.list',
  rest: 'GET /alerts',
  summary: 'List what fires now and what may soon, the gravest first',
  permission: read,
  params: Object({}, strict),
  result: Object({
    items: Array(Alert),
    lookedAt: Union([timestamp, Null()], { description: 'When the rules were looked at last.' }),
  }),
  errors: [],
})

export const listPastAlerts = route({
  action: 'alerts.alerts.past',
  rest: 'GET /alerts/past',
  summary: 'List alerts that are over, newest first',
  permission: read,
  params: Object({ ...page, ruleId: Optional(String({ maxLength: 128 })) }, strict),
  result: pageOf(Alert),
  errors: [],
})

export const listRules = route({
  action: 'alerts.rules.list',
  rest: 'GET /alerts/rules',
  summary: 'List the rules with the indicators they can be made of',
  permission: read,
  params: Object({}, strict),
  result: Object({
    items: Array(Rule),
    indicators: Array(Object({ id: String(), unit: String(), by: stringOrNull, subjects: Array(String()) })),
  }),
  errors: [],
})

const ruleId = String({ minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9.-]+$' })

export const createRule = route({
  action: 'alerts.rules.create',
  rest: 'POST /alerts/rules',
  summary: 'Make a rule',
  permission: manage,
  params: Object(ruleWords, strict),
  result: Rule,
  errors: [alertsRefusals.rule_invalid.code],
})

export const changeRule = route({
  action: 'alerts.rules.change',
  rest: 'PUT /alerts/rules/:ruleId',
  summary: 'Change a rule, or turn it on or off',
  permission: manage,
  params: Object({ ...ruleWords, ruleId, revision: Integer({ minimum: 0 }) }, strict),
  result: Rule,
  errors: [
    alertsRefusals.rule_not_found.code,
    alertsRefusals.rule_invalid.code,
    alertsRefusals.changed_meanwhile.code,
  ],
})

export const removeRule = route({
  action: 'alerts.rules.remove',
  rest: 'DELETE /alerts/rules/:ruleId',
  summary: 'Remove an own rule, or have a declared one as it was declared',
  permission: manage,
  params: Object({ ruleId }, strict),
  result: Object({}),
  errors: [alertsRefusals.rule_not_found.code],
})

export const listSilences = route({
  action: 'alerts.silences.list',
  rest: 'GET /alerts/silences',
  summary: 'List the silences that last, and those that ended lately',
  permission: read,
  params: Object({}, strict),
  result: Object({ items: Array(Silence) }),
  errors: [],
})

export const createSilence = route({
  action: 'alerts.silences.create',
  rest: 'POST /alerts/silences',
  summary: 'Tell nobody of some alerts until a moment',
  permission: manage,
  params: Object(
    {
      ruleId: Optional(ruleId),
      subject: Optional(String({ maxLength: 190 })),
      reason: String({ minLength: 3, maxLength: 300 }),
      endsAt: timestamp,
    },
    strict,
  ),
  result: Silence,
  errors: [alertsRefusals.silence_must_end_later.code],
})

export const endSilence = route({
  action: 'alerts.silences.end',
  rest: 'DELETE /alerts/silences/:silenceId',
  summary: 'End a silence now',
  permission: manage,
  params: Object({ silenceId: id }, strict),
  result: Object({}),
  errors: [alertsRefusals.silence_not_found.code],
})

export const listChannels = route({
  action: 'alerts.channels.list',
  rest: 'GET /alerts/channels',
  summary: 'List where alerts are told',
  permission: manage,
  params: Object({}, strict),
  result: Object({ items: Array(Channel) }),
  errors: [],
})

const withSecret = Object({
  channel: Channel,
  secret: Union([String(), Null()], {
    description: 'What a webhook is signed with; told this once and never again.',
  }),
})

export const createChannel = route({
  action: 'alerts.channels.create',
  rest: 'POST /alerts/channels',
  summary: 'Have alerts told by e-mail or to a webhook',
  permission: manage,
  params: Object({ ...channelWords, kind: Enum(['email', 'webhook']) }, strict),
  result: withSecret,
  errors: [alertsRefusals.channel_invalid.code],
})

export const changeChannel = route({
  action: 'alerts.channels.change',
  rest: 'PUT /alerts/channels/:channelId',
  summary: 'Change a channel, or turn it on or off',
  permission: manage,
  params: Object({ ...channelWords, channelId: id, revision: Integer({ minimum: 1 }) }, strict),
  result: Channel,
  errors: [
    alertsRefusals.channel_not_found.code,
    alertsRefusals.channel_invalid.code,
    alertsRefusals.changed_meanwhile.code,
  ],
})

export const renewChannelSecret = route({
  action: 'alerts.channels.renewSecret',
  rest: 'POST /alerts/channels/:channelId/secret',
  summary: 'Sign with another secret from now on',
  permission: manage,
  params: Object({ channelId: id }, strict),
  result: withSecret,
  errors: [alertsRefusals.channel_not_found.code, alertsRefusals.channel_invalid.code],
})

export const removeChannel = route({
  action: 'alerts.channels.remove',
  rest: 'DELETE /alerts/channels/:channelId',
  summary: 'Remove a channel with its log',
  permission: manage,
  params: Object({ channelId: id }, strict),
  result: Object({}),
  errors: [alertsRefusals.channel_not_found.code, alertsRefusals.channel_must_stay.code],
})

export const testChannel = route({
  action: 'alerts.channels.test',
  rest: 'POST /alerts/channels/:channelId/test',
  summary: 'Send a test on a channel now',
  permission: manage,
  params: Object({ channelId: id }, strict),
  result: Delivery,
  errors: [alertsRefusals.channel_not_found.code],
  rateLimit: { points: 30, durationSeconds: 600, per: 'user' },
})

export const listDeliveries = route({
  action: 'alerts.deliveries.list',
  rest: 'GET /alerts/deliveries',
  summary: 'List what was told where, newest first',
  permission: manage,
  params: Object(
    {
      ...page,
      channelId: Optional(id),
      state: Optional(Enum(['waiting', 'sent', 'failed'])),
    },
    strict,
  ),
  result: pageOf(Delivery),
  errors: [],
})
