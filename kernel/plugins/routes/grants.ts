import { Array, Boolean, Object, type Static } from 'typebox'
import { route } from '../../contract/index.ts'
import { pluginsRefusals } from '../refusals.ts'
import { manage, pluginId, text, textOrNull, version } from './words.ts'

/** One thing a manifest asks for: `{ grant: 'ledgerAccounts', value: 'fees:spot' }`; `value` is null for a yes or no. */
export const GrantItem = Object({ grant: text, value: textOrNull })
export type GrantItem = Static<typeof GrantItem>

/** What a release asks for beside what the operator approved last. */
export const GrantsDifference = Object({ added: Array(GrantItem), removed: Array(GrantItem) })
export type GrantsDifference = Static<typeof GrantsDifference>

export const GrantsState = Object({
  version,
  asked: Array(GrantItem),
  /** Of the last approval; empty when there was none. */
  approved: Array(GrantItem),
  difference: GrantsDifference,
  /** Nothing is asked that was not approved. */
  isApproved: Boolean(),
  approvedBy: textOrNull,
  approvedAt: textOrNull,
})
export type GrantsState = Static<typeof GrantsState>

const oneRelease = Object({ pluginId, version }, { additionalProperties: false })

export const showGrants = route({
  action: 'plugins.grants.show',
  rest: 'GET /plugins/:pluginId/grants',
  summary: 'What a plugin asks for, what was approved, and the difference',
  permission: manage,
  params: Object({ pluginId }, { additionalProperties: false }),
  result: GrantsState,
  errors: [pluginsRefusals.plugin_not_found.code, pluginsRefusals.verification_failed.code],
})

export const approveGrants = route({
  action: 'plugins.grants.approve',
  rest: 'POST /plugins/:pluginId/grants/approve',
  summary: 'Approve all that a version of a plugin asks for',
  permission: manage,
  params: oneRelease,
  result: GrantsState,
  errors: [pluginsRefusals.plugin_not_found.code, pluginsRefusals.release_not_found.code],
})
