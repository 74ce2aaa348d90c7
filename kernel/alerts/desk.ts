import type { Knex } from 'knex'
import type { Implementation, Principal } from '../broker/index.ts'
import type { Clock } from '../clock.ts'
import type { Values } from '../metrics/index.ts'
import type { SecretBox } from '../settings/index.ts'
import type { ActiveRule } from './rules-table.ts'
import type { TellingParts } from './telling.ts'

/** What the routes of alerts work with. */
export interface AlertsDesk {
  readonly database: Knex
  readonly clock: Clock
  readonly box: SecretBox
  readonly telling: TellingParts
  readonly rules: () => Promise<readonly ActiveRule[]>
  readonly values: () => Promise<Values>
  readonly changed: () => void
}

export function nameOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.userId : principal.kind
}

export const listOf = (...implementations: readonly unknown[]): readonly Implementation<never>[] =>
  implementations as readonly Implementation<never>[]
