import {
  Array,
  Boolean,
  Enum,
  Integer,
  Null,
  Number,
  Object,
  Optional,
  Record,
  String,
  Union,
  Unknown,
  type Static,
} from 'typebox'
import { route, timestamp } from '../contract/index.ts'

const strict = { additionalProperties: false }
const read = 'observability.figures.read'
const numberOrNull = Union([Number(), Null()])
const requestId = String({
  pattern: '^[0-9a-fA-F]{32}$|^[0-9A-HJKMNP-TV-Z]{26}$',
  description: 'As an error page shows it.',
})

/** By indicator: a number, one for each of its subjects, or nothing. */
export const IndicatorValues = Record(String(), Union([Number(), Null(), Record(String(), Number())]))

export const RouteFigure = Object({
  owner: String(),
  method: String(),
  route: String(),
  calls: Integer(),
  errors: Integer(),
  meanMs: Number(),
  p50Ms: numberOrNull,
  p95Ms: numberOrNull,
  p99Ms: numberOrNull,
})
export type RouteFigure = Static<typeof RouteFigure>

export const SlowStatement = Object({
  statement: String(),
  count: Integer(),
  durationMsMax: Number(),
  durationMsLast: Number(),
  lastAt: timestamp,
})

export const ReadyPart = Object({
  name: String(),
  isReady: Boolean(),
  durationMs: Number(),
  reason: Optional(String()),
})

export const Overview = Object({
  nodes: Array(
    Object({ id: String(), isHere: Boolean(), isMissing: Boolean(), at: Union([timestamp, Null()]) }),
  ),
  parts: Array(ReadyPart),
  values: IndicatorValues,
  routes: Array(RouteFigure, { description: 'Of the last hour, on all nodes; what took most time first.' }),
  statements: Array(SlowStatement, { description: 'Without values, slowest first; since the node started.' }),
  engines: Array(
    Object({
      shard: String(),
      isUp: Boolean(),
      seq: Union([Integer(), Null()]),
      role: Union([String(), Null()]),
      standbyLag: numberOrNull,
      queueBytes: numberOrNull,
      syncMs: numberOrNull,
    }),
  ),
  pluginMetrics: Array(
    Object({
      plugin: String(),
      name: String({ description: 'As `/metrics` has it, and as it stands in the values.' }),
      title: String(),
      kind: Enum(['counter', 'gauge', 'histogram']),
    }),
  ),
  ledger: Union([Object({ breaks: Integer(), at: timestamp }), Null()]),
})
export type Overview = Static<typeof Overview>

export const showOverview = route({
  action: 'observability.overview.show',
  rest: 'GET /observability/overview',
  summary: 'How the platform does at this moment',
  permission: read,
  params: Object({}, strict),
  result: Overview,
  errors: [],
})

export const showSeries = route({
  action: 'observability.series.show',
  rest: 'GET /observability/series',
  summary: 'The indicators of the last hour or day, oldest first',
  permission: read,
  params: Object({ range: Enum(['hour', 'day']), node: Optional(String({ maxLength: 100 })) }, strict),
  result: Object({
    stepSeconds: Integer(),
    points: Array(Object({ at: timestamp, values: IndicatorValues })),
  }),
  errors: [],
})

export const TraceSummary = Object({
  traceId: String(),
  name: String(),
  kind: String(),
  owner: String(),
  node: String(),
  at: timestamp,
  durationMs: Number(),
  steps: Integer(),
  isFailed: Boolean(),
  status: Union([Integer(), Null()]),
})
export type TraceSummary = Static<typeof TraceSummary>

export const listTraces = route({
  action: 'observability.traces.list',
  rest: 'GET /observability/traces',
  summary: 'Requests, jobs and deliveries that were kept, newest first',
  permission: read,
  params: Object(
    { kind: Enum(['recent', 'slow', 'failed']), limit: Optional(Integer({ minimum: 1, maximum: 300 })) },
    strict,
  ),
  result: Object({ items: Array(TraceSummary) }),
  errors: [],
})

export const TraceStep = Object({
  spanId: String(),
  parentId: Union([String(), Null()]),
  name: String(),
  kind: Enum(['server', 'client', 'internal']),
  node: String(),
  /** Milliseconds since the epoch, with fractions. */
  startMs: Number(),
  durationMs: Number(),
  isFailed: Boolean(),
  error: Optional(String()),
  attributes: Record(String(), Union([String(), Number(), Boolean()])),
})
export type TraceStep = Static<typeof TraceStep>

export const RequestLine = Object({
  time: timestamp,
  level: Enum(['info', 'warn', 'error']),
  owner: String(),
  message: String(),
  plugin: Optional(String()),
  node: Optional(String()),
  data: Optional(Record(String(), Unknown())),
})
export type RequestLine = Static<typeof RequestLine>

export const showRequest = route({
  action: 'observability.requests.show',
  rest: 'GET /observability/requests/:requestId',
  summary: 'Everything that is known of one request: its steps and its log lines',
  description:
    'Steps are kept of requests that failed, were slow, or are among the latest; lines as long as a node has them in memory.',
  permission: read,
  params: Object({ requestId }, strict),
  result: Object({
    requestId: String(),
    steps: Array(TraceStep),
    dropped: Integer(),
    lines: Array(RequestLine),
  }),
  errors: [],
})
