import type { RuleContent } from '../contract/index.ts'
import { indicatorOf } from './indicators.ts'

const metricIndicators: ReadonlySet<string> = new Set(['metrics.value', 'metrics.rate', 'metrics.p95'])

/** Why an alert rule cannot be used; undefined when it can. */
export function ruleProblem({ indicator, subject }: RuleContent): string | undefined {
  const known = indicatorOf(indicator)
  if (!known) return `${indicator} is no indicator`
  if (subject !== undefined && known.by === undefined) return `${indicator} has no subjects`
  if (metricIndicators.has(indicator) && subject === undefined)
    return `${indicator} needs the name of a metric`
  return undefined
}
