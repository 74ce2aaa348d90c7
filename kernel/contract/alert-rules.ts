export const severities = ['info', 'warning', 'critical'] as const
export type Severity = (typeof severities)[number]
export type Comparison = 'above' | 'below'

/** What a rule watches and when it finds something. */
export interface RuleContent {
  /** One line that says what is wrong while it is so. */
  readonly title: string
  /** An indicator of the platform: `http.p95`; `metrics.value`, `metrics.rate` and `metrics.p95` for any metric. */
  readonly indicator: string
  /** One subject of an indicator that has several: a job, a plugin, the name of a metric. Without one, each by itself. */
  readonly subject?: string
  readonly comparison: Comparison
  readonly threshold: number
  /** It has to be so for that long before anybody is told. */
  readonly forSeconds: number
  readonly severity: Severity
}

/** A rule as the platform or a plugin declares it; operators may change it and turn it off. */
export interface RuleDeclaration extends RuleContent {
  /** `platform.ledgerBreaks`, `staking.runwayShort` */
  readonly id: string
}
