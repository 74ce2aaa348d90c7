import { Array, Enum, Integer, Number, Object, Record, String, Union, type Static } from 'typebox'
import { route } from '../contract/index.ts'

const strict = { additionalProperties: false }

export const WaitingTask = Object({
  id: String({ description: 'Unique among all.' }),
  source: String(),
  owner: String({ description: 'The plugin whose locales have the texts, or `platform`.' }),
  title: String(),
  text: String(),
  icon: String(),
  severity: Enum(['info', 'warning', 'critical']),
  link: String(),
  count: Integer(),
  data: Record(String(), Union([String(), Number()])),
})
export type WaitingTask = Static<typeof WaitingTask>

export const listTasks = route({
  action: 'tasks.tasks.list',
  rest: 'GET /tasks',
  summary: 'List what waits for the caller, as an operator, the gravest first',
  description: 'Sources that fail, or take longer than they may, are left out and named.',
  permission: 'signedIn',
  params: Object({}, strict),
  result: Object({ items: Array(WaitingTask), missing: Array(String()) }),
  errors: [],
})
