import type { NoticeKind } from '../contract/index.ts'

export interface OfferedKind extends NoticeKind {
  readonly owner: string
  /** It is about the safety of the account: told everywhere, always. */
  readonly isFixed?: true
}

export const platformKinds: readonly OfferedKind[] = [
  { owner: 'platform', kind: 'platform.security', title: 'notices.kinds.security', isFixed: true },
  { owner: 'platform', kind: 'platform.level', title: 'notices.kinds.level' },
  {
    owner: 'platform',
    kind: 'platform.alert',
    title: 'notices.kinds.alert',
    permission: 'alerts.alerts.read',
  },
]

/** The kind a notice belongs to; one nobody declared cannot be chosen. */
export function kindOf(kinds: readonly OfferedKind[], owner: string, kind: string): OfferedKind | undefined {
  return kinds.find((one) => one.owner === owner && (kind === one.kind || kind.startsWith(`${one.kind}.`)))
}
