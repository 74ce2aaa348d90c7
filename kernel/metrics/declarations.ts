/** One of the kernel's metrics, as the documentation has it. */
export interface MetricDeclaration {
  /** As Prometheus sees it. */
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** Each has few values, all known beforehand or by declaration: never an id. */
  readonly labels?: readonly string[]
  readonly buckets?: readonly number[]
}

const requestSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const statementSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]
const runSeconds = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900]

/** Everything the kernel measures of itself. Those of Node's process stand beside them under their usual names. */
export const declarations = {
  httpRequests: {
    name: 'cambium_http_requests_total',
    kind: 'counter',
    help: 'Requests answered, by the pattern of their route',
    labels: ['owner', 'method', 'route', 'status'],
  },
  httpDuration: {
    name: 'cambium_http_request_duration_seconds',
    kind: 'histogram',
    help: 'From the first byte read to the answer handed over',
    labels: ['owner', 'method', 'route'],
    buckets: requestSeconds,
  },
  httpInFlight: { name: 'cambium_http_requests_in_flight', kind: 'gauge', help: 'Requests being answered' },
  brokerCalls: {
    name: 'cambium_broker_calls_total',
    kind: 'counter',
    help: 'Calls of actions, from outside and between services',
    labels: ['owner', 'outcome'],
  },
  brokerDuration: {
    name: 'cambium_broker_call_duration_seconds',
    kind: 'histogram',
    help: 'How long actions took',
    labels: ['owner'],
    buckets: requestSeconds,
  },
  pluginCalls: {
    name: 'cambium_plugin_calls_total',
    kind: 'counter',
    help: 'Calls of one contribution of a plugin since its generation began to serve',
    labels: ['plugin', 'kind', 'contribution', 'outcome'],
  },
  pluginSeconds: {
    name: 'cambium_plugin_call_seconds_total',
    kind: 'counter',
    help: 'Time spent in one contribution of a plugin',
    labels: ['plugin', 'kind', 'contribution'],
  },
  pluginLatency: {
    name: 'cambium_plugin_request_seconds',
    kind: 'gauge',
    help: 'Durations of the plugin’s routes over the last minute',
    labels: ['plugin', 'quantile'],
  },
  pluginUp: {
    name: 'cambium_plugin_up',
    kind: 'gauge',
    help: '1 while the plugin serves, 0 while its runner is being started again',
    labels: ['plugin', 'tier'],
  },
  pluginHeap: {
    name: 'cambium_plugin_heap_bytes',
    kind: 'gauge',
    help: 'Memory of the plugin’s runner; absent in the inline tier',
    labels: ['plugin'],
  },
  pluginRestarts: {
    name: 'cambium_plugin_restarts_total',
    kind: 'counter',
    help: 'How often the plugin’s runner was started again',
    labels: ['plugin'],
  },
  pluginQuarantined: {
    name: 'cambium_plugin_quarantined',
    kind: 'gauge',
    help: '1 for a plugin that the platform took out of service',
    labels: ['plugin'],
  },
  jobRuns: {
    name: 'cambium_job_runs_total',
    kind: 'counter',
    help: 'Tries of runs that ended on this node',
    labels: ['job', 'outcome'],
  },
  jobDuration: {
    name: 'cambium_job_duration_seconds',
    kind: 'histogram',
    help: 'How long tries of runs took',
    labels: ['job'],
    buckets: runSeconds,
  },
  jobsWaiting: { name: 'cambium_jobs_waiting', kind: 'gauge', help: 'Runs that are due and have not begun' },
  jobsRunning: { name: 'cambium_jobs_running', kind: 'gauge', help: 'Runs under way, on all nodes' },
  jobFailures: {
    name: 'cambium_job_failures_in_a_row',
    kind: 'gauge',
    help: 'Runs of a job that failed since one went well',
    labels: ['job'],
  },
  eventsWaiting: {
    name: 'cambium_events_waiting',
    kind: 'gauge',
    help: 'Events a listener was not told of yet',
    labels: ['listener'],
  },
  eventsLag: {
    name: 'cambium_events_lag_seconds',
    kind: 'gauge',
    help: 'Age of the oldest event that waits for a listener that is there',
    labels: ['listener'],
  },
  eventsFailed: {
    name: 'cambium_events_failed',
    kind: 'gauge',
    help: 'Events given up for a listener',
    labels: ['listener'],
  },
  sockets: { name: 'cambium_realtime_connections', kind: 'gauge', help: 'Open connections of pages' },
  endpoints: {
    name: 'cambium_socket_connections',
    kind: 'gauge',
    help: 'Open connections of plain WebSocket endpoints',
  },
  engineCommands: {
    name: 'cambium_engine_commands_total',
    kind: 'counter',
    help: 'Commands the engine answered, or was not there for',
    labels: ['shard', 'outcome'],
  },
  engineDuration: {
    name: 'cambium_engine_command_duration_seconds',
    kind: 'histogram',
    help: 'From handing commands over until they are durable and answered',
    labels: ['shard'],
    buckets: statementSeconds,
  },
  engineUp: {
    name: 'cambium_engine_up',
    kind: 'gauge',
    help: '1 while the shard’s engine answers',
    labels: ['shard'],
  },
  engineSeq: {
    name: 'cambium_engine_seq',
    kind: 'gauge',
    help: 'Seq of the engine’s last event',
    labels: ['shard'],
  },
  engineQueue: {
    name: 'cambium_engine_queue_bytes',
    kind: 'gauge',
    help: 'Commands gathered for the next write of the journal',
    labels: ['shard'],
  },
  engineSync: {
    name: 'cambium_engine_journal_sync_seconds',
    kind: 'gauge',
    help: 'How long the journal’s writes took, the longest of the last ten seconds',
    labels: ['shard'],
  },
  engineStandbyLag: {
    name: 'cambium_engine_standby_lag',
    kind: 'gauge',
    help: 'Events a standby is behind its engine',
    labels: ['shard'],
  },
  followerLag: {
    name: 'cambium_engine_follower_lag',
    kind: 'gauge',
    help: 'Events a follower (settlement, a product) is behind the engine',
    labels: ['follower'],
  },
  queries: {
    name: 'cambium_database_query_duration_seconds',
    kind: 'histogram',
    help: 'How long statements took',
    labels: ['operation'],
    buckets: statementSeconds,
  },
  slowQueries: {
    name: 'cambium_database_slow_queries_total',
    kind: 'counter',
    help: 'Statements that took 200 milliseconds or longer',
  },
  queryErrors: { name: 'cambium_database_errors_total', kind: 'counter', help: 'Statements that failed' },
  poolUsed: {
    name: 'cambium_database_connections_used',
    kind: 'gauge',
    help: 'Connections of the pool in use',
  },
  poolFree: {
    name: 'cambium_database_connections_free',
    kind: 'gauge',
    help: 'Connections of the pool that are idle',
  },
  poolWaiting: {
    name: 'cambium_database_connections_waiting',
    kind: 'gauge',
    help: 'Statements that wait for a connection',
  },
  databaseUp: { name: 'cambium_database_up', kind: 'gauge', help: '1 while the database answers' },
  redisUp: { name: 'cambium_redis_up', kind: 'gauge', help: '1 while Redis answers' },
  redisSeconds: { name: 'cambium_redis_ping_seconds', kind: 'gauge', help: 'How long Redis took to answer' },
  redisMemory: { name: 'cambium_redis_memory_bytes', kind: 'gauge', help: 'Memory Redis uses' },
  ledgerBreaks: {
    name: 'cambium_ledger_breaks',
    kind: 'gauge',
    help: 'What the last check of the books found to be wrong; -1 before the first',
  },
  ledgerCheckAge: {
    name: 'cambium_ledger_check_age_seconds',
    kind: 'gauge',
    help: 'How long ago the books were checked',
  },
  diskFree: {
    name: 'cambium_disk_free_ratio',
    kind: 'gauge',
    help: 'Free share of the disk of the data folder',
  },
  nodes: { name: 'cambium_nodes', kind: 'gauge', help: 'Kernels that serve this platform' },
  traces: {
    name: 'cambium_traces_total',
    kind: 'counter',
    help: 'Requests recorded step by step, by what became of them',
    labels: ['outcome'],
  },
} as const satisfies Readonly<Record<string, MetricDeclaration>>

export type MetricId = keyof typeof declarations
