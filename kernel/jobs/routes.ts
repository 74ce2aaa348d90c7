import {
  Array,
  Boolean,
  Enum,
  Integer,
  Null,
  Object,
  Optional,
  String,
  Union,
  Unknown,
  type Static,
} from 'typebox'
import { id, page, pageOf, route, timestamp } from '../contract/index.ts'
import { jobsRefusals } from './refusals.ts'

export { jobsRefusals } from './refusals.ts'

const strict = { additionalProperties: false }
const permission = 'jobs.runs.manage'
const textOrNull = Union([String(), Null()])
const timeOrNull = Union([timestamp, Null()])

export const Run = Object({
  id,
  name: String(),
  owner: String(),
  origin: Enum(['schedule', 'start', 'operator']),
  key: textOrNull,
  state: Enum(['waiting', 'running', 'done', 'failed', 'canceled']),
  attempt: Integer(),
  dueAt: timestamp,
  runAt: timestamp,
  startedAt: timeOrNull,
  finishedAt: timeOrNull,
  progress: Union([Integer(), Null()]),
  progressText: textOrNull,
  reason: textOrNull,
})
export type Run = Static<typeof Run>

export const RunDetail = Object({
  ...Run.properties,
  data: Unknown(),
  result: Unknown(),
  lines: Array(String()),
})

export const Job = Object({
  name: String(),
  owner: String(),
  title: String(),
  everyMs: Union([Integer(), Null()]),
  cron: textOrNull,
  timeoutMs: Integer(),
  attempts: Integer(),
  nextAt: timeOrNull,
  isServed: Boolean({ description: 'False while its plugin is disabled: what is due waits.' }),
  isDisabled: Boolean({ description: 'Switched off by the operator.' }),
  lastRun: Union([Run, Null()]),
})
export type Job = Static<typeof Job>

export const listJobs = route({
  action: 'jobs.jobs.list',
  rest: 'GET /jobs',
  summary: 'List jobs with their last run',
  permission,
  params: Object({}, strict),
  result: Object({ items: Array(Job) }),
  errors: [],
})

export const listRuns = route({
  action: 'jobs.runs.list',
  rest: 'GET /jobs/:name/runs',
  summary: 'List the runs of a job, newest first',
  permission,
  params: Object({ name: id, state: Optional(Run.properties.state), ...page }, strict),
  result: pageOf(Run),
  errors: [],
})

export const showRun = route({
  action: 'jobs.runs.show',
  rest: 'GET /jobs/runs/:runId',
  summary: 'Show a run with its log',
  permission,
  params: Object({ runId: id }, strict),
  result: RunDetail,
  errors: [jobsRefusals.run_not_found.code],
})

export const runJob = route({
  action: 'jobs.jobs.run',
  rest: 'POST /jobs/:name/run',
  summary: 'Run a job now',
  permission,
  params: Object({ name: id }, strict),
  result: Object({ runId: id }),
  errors: [jobsRefusals.job_not_found.code],
})

export const cancelRun = route({
  action: 'jobs.runs.cancel',
  rest: 'POST /jobs/runs/:runId/cancel',
  summary: 'Cancel a run',
  description: 'One that is running is told to end; it is over when it has.',
  permission,
  params: Object({ runId: id }, strict),
  result: Run,
  errors: [jobsRefusals.run_not_found.code, jobsRefusals.run_already_over.code],
})

export const retryRun = route({
  action: 'jobs.runs.retry',
  rest: 'POST /jobs/runs/:runId/retry',
  summary: 'Try a failed or cancelled run again',
  permission,
  params: Object({ runId: id }, strict),
  result: Run,
  errors: [jobsRefusals.run_not_found.code, jobsRefusals.run_not_over.code],
})
