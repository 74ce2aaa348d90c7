import { indicatorOf, type Values } from '../observability/index.ts'

export const severities = ['info', 'warning', 'critical'] as const
export type Severity = (typeof severities)[number]
export const comparisons = ['above', 'below'] as const
export type Comparison = (typeof comparisons)[number]

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

/** Found by a rule at one of its subjects; the subject of a plain figure is the empty text. */
export interface Finding {
  readonly subject: string
  readonly value: number
  readonly isBreached: boolean
}

export function isBreached({ comparison, threshold }: RuleContent, value: number): boolean {
  return comparison === 'above' ? value > threshold : value < threshold
}

/** What a rule says of the figures as they are; undefined when there are none to say it of. */
export function findingsOf(rule: RuleContent, values: Values): readonly Finding[] | undefined {
  const value = values[rule.indicator as keyof Values]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') return [{ subject: '', value, isBreached: isBreached(rule, value) }]
  return Object.entries(value)
    .filter(([subject]) => rule.subject === undefined || subject === rule.subject)
    .map(([subject, one]) => ({ subject, value: one, isBreached: isBreached(rule, one) }))
}

const metricIndicators: ReadonlySet<string> = new Set(['metrics.value', 'metrics.rate', 'metrics.p95'])

/** Why a rule cannot be used; undefined when it can. */
export function ruleProblem({ indicator, subject }: RuleContent): string | undefined {
  const known = indicatorOf(indicator)
  if (!known) return `${indicator} is no indicator`
  if (subject !== undefined && known.by === undefined) return `${indicator} has no subjects`
  if (metricIndicators.has(indicator) && subject === undefined)
    return `${indicator} needs the name of a metric`
  return undefined
}
