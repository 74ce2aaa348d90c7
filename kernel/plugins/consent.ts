import { grantItems, grantsDifference } from './approvals.ts'
import type { ReadPlugin } from './catalogue.ts'
import type { LifecycleParts } from './lifecycle-parts.ts'
import { pluginsRefusals } from './refusals.ts'
import type { GrantsState, Operation } from './routes.ts'

/** Whose word a change is, and how far it goes. */
export interface Consent {
  /** A user's id, or `system`. */
  readonly by: string
  readonly approveGrants?: boolean
}

type Parts = Pick<LifecycleParts, 'approvals'>

/** What a release asks for beside what was approved. */
export async function grantsState({ approvals }: Parts, { manifest }: ReadPlugin): Promise<GrantsState> {
  const { id, version, grants } = manifest
  const approval = (await approvals.of(id, version)) ?? (await approvals.last(id))
  const asked = [...grantItems(grants)]
  const approved = [...(approval?.grants ?? [])]
  const difference = grantsDifference(asked, approved)
  return {
    version,
    asked,
    approved,
    difference,
    isApproved: difference.added.length === 0,
    approvedBy: approval?.approvedBy ?? null,
    approvedAt: approval?.approvedAt.toISOString() ?? null,
  }
}

/**
 * Refuses a release that asks for more than was approved, unless it is approved now. What it no longer asks for is no
 * longer approved afterwards: asking again is asked of the operator again.
 */
export async function assertGranted(
  parts: Parts,
  plugin: ReadPlugin,
  { action, consent }: { readonly action: Operation['action']; readonly consent: Consent },
): Promise<void> {
  const { id: pluginId, version } = plugin.manifest
  const { asked, difference, approvedBy } = await grantsState(parts, plugin)
  // Enabled before approvals were kept.
  const isInherited = action === 'start' && (await parts.approvals.last(pluginId)) === undefined
  const isGiven = (consent.approveGrants ?? false) || isInherited
  if (difference.added.length > 0 && !isGiven) {
    throw pluginsRefusals.grants_not_approved({ pluginId, version, added: difference.added })
  }
  const by = difference.added.length === 0 ? (approvedBy ?? consent.by) : consent.by
  await parts.approvals.approve(pluginId, { version, grants: asked, approvedBy: by })
}
