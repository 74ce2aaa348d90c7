import type { ActivityKind, NewActivity } from './entry.ts'

/** What the platform itself writes, beside the products. */
export const platformActivity: readonly ActivityKind[] = [
  { kind: 'platform.transfer', title: 'activity.transfer', icon: 'i-lucide-arrow-left-right' },
  { kind: 'platform.deposit', title: 'activity.deposit', icon: 'i-lucide-arrow-down-to-line' },
  { kind: 'platform.security', title: 'activity.security', icon: 'i-lucide-shield-check' },
]

/** A payment from outside, or a move between the own wallets: there nothing is gained or lost, so no amount counts. */
export function moveActivity(move: {
  readonly id: string
  readonly userId: string
  readonly assetId: string
  readonly amount: string
  readonly source: 'outside' | 'funding' | 'spot'
  readonly target: 'funding' | 'spot'
}): NewActivity {
  const { id, userId, assetId, amount, source, target } = move
  const about = { userId, assetId, link: '/wallet', data: { amount, assetId } }
  return source === 'outside'
    ? { ...about, kind: 'platform.deposit', key: `deposit:${id}`, amount }
    : {
        ...about,
        kind: 'platform.transfer',
        key: `transfer:${id}`,
        title: `activity.moved.${source}.${target}`,
      }
}

/** A sign-in, or a change to how the account is protected. */
export function securityActivity(step: {
  readonly id: string
  readonly userId: string
  readonly kind: string
  readonly address: string
  readonly browser: string
  readonly system: string
  readonly at: Date
}): NewActivity {
  const { id, userId, kind, address, browser, system, at } = step
  const device = [browser, system].filter((word) => word !== '').join(', ')
  return {
    userId,
    kind: 'platform.security',
    key: id,
    title: `activity.${kind}`,
    link: '/settings/security',
    data: { address, device },
    state: kind === 'signInFailed' ? 'failed' : 'done',
    at,
  }
}
