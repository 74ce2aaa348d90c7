import type { RuleContent } from '../contract/index.ts'
import type { Values } from '../metrics/index.ts'

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
