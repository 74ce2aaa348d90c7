import type { RuleDeclaration } from '../contract/index.ts'

const minutes = (count: number): number => count * 60

/** Watched from the first start on; operators change limits to what their platform is used to. */
export const shippedRules: readonly RuleDeclaration[] = [
  {
    ...{ id: 'platform.ledgerBreaks', title: 'The books do not balance', indicator: 'ledger.breaks' },
    ...{ comparison: 'above', threshold: 0, forSeconds: 0, severity: 'critical' },
  },
  {
    ...{ id: 'platform.engineDown', title: 'An engine does not answer', indicator: 'engine.refusing' },
    ...{ comparison: 'above', threshold: 0, forSeconds: 20, severity: 'critical' },
  },
  {
    ...{ id: 'platform.nodeMissing', title: 'A node is gone without a word', indicator: 'nodes.missing' },
    ...{ comparison: 'above', threshold: 0, forSeconds: 0, severity: 'critical' },
  },
  {
    ...{ id: 'platform.errorShare', title: 'Many requests fail', indicator: 'http.errorShare' },
    ...{ comparison: 'above', threshold: 0.05, forSeconds: minutes(2), severity: 'critical' },
  },
  {
    ...{ id: 'platform.diskLow', title: 'The disk is almost full', indicator: 'disk.free' },
    ...{ comparison: 'below', threshold: 0.1, forSeconds: minutes(1), severity: 'critical' },
  },
  {
    ...{ id: 'platform.redisDown', title: 'Redis does not answer', indicator: 'redis.down' },
    ...{ comparison: 'above', threshold: 0, forSeconds: 20, severity: 'critical' },
  },
  {
    ...{ id: 'platform.slowAnswers', title: 'Requests are answered slowly', indicator: 'http.p95' },
    ...{ comparison: 'above', threshold: 1_000, forSeconds: minutes(5), severity: 'warning' },
  },
  {
    ...{ id: 'platform.eventLoop', title: 'A process is too busy to answer', indicator: 'process.eventLoop' },
    ...{ comparison: 'above', threshold: 250, forSeconds: minutes(2), severity: 'warning' },
  },
  {
    ...{ id: 'platform.slowStatements', title: 'The database is slow', indicator: 'database.p95' },
    ...{ comparison: 'above', threshold: 250, forSeconds: minutes(5), severity: 'warning' },
  },
  {
    ...{ id: 'platform.connections', title: 'Work waits for the database', indicator: 'database.waiting' },
    ...{ comparison: 'above', threshold: 20, forSeconds: minutes(1), severity: 'warning' },
  },
  {
    ...{ id: 'platform.pluginQuarantined', title: 'A plugin was taken out of service' },
    ...{ indicator: 'plugins.quarantined', comparison: 'above', threshold: 0, forSeconds: 0 },
    severity: 'critical',
  },
  {
    ...{ id: 'platform.pluginRestarting', title: 'A plugin’s process keeps starting again' },
    ...{ indicator: 'plugins.restarts', comparison: 'above', threshold: 1, forSeconds: 0 },
    severity: 'warning',
  },
  {
    ...{ id: 'platform.jobFailing', title: 'A job keeps failing', indicator: 'jobs.failures' },
    ...{ comparison: 'above', threshold: 1, forSeconds: 0, severity: 'warning' },
  },
  {
    ...{ id: 'platform.jobsWaiting', title: 'Jobs wait too long for their turn', indicator: 'jobs.waiting' },
    ...{ comparison: 'above', threshold: 50, forSeconds: minutes(5), severity: 'warning' },
  },
  {
    ...{ id: 'platform.eventsLate', title: 'Events are delivered late', indicator: 'events.lag' },
    ...{ comparison: 'above', threshold: 120, forSeconds: minutes(1), severity: 'warning' },
  },
  {
    ...{ id: 'platform.eventsFailed', title: 'Events could not be delivered', indicator: 'events.failed' },
    ...{ comparison: 'above', threshold: 0, forSeconds: 0, severity: 'warning' },
  },
  {
    ...{ id: 'platform.followerLag', title: 'Somebody is far behind the engine' },
    ...{ indicator: 'engine.followerLag', comparison: 'above', threshold: 10_000, forSeconds: minutes(1) },
    severity: 'warning',
  },
  {
    ...{ id: 'platform.standbyLag', title: 'A standby is behind its engine', indicator: 'engine.standbyLag' },
    ...{ comparison: 'above', threshold: 10_000, forSeconds: minutes(1), severity: 'warning' },
  },
]
