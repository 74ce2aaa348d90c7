/** What users may choose to be told of, and where. */
export interface NoticeKind {
  /** `staking.released`: as notices of it have it, or the beginning of several: `platform.security`. */
  readonly kind: string
  /** Key in `locales`: what happened, as a line of a list. */
  readonly title: string
  /** Only those who hold it get such notices, so only they are asked. */
  readonly permission?: string
}

export interface OfferedKind extends NoticeKind {
  readonly owner: string
  /** It is about the safety of the account: told everywhere, always. */
  readonly isFixed?: true
}

export const platformKinds: readonly OfferedKind[] = [
  { owner: 'platform', kind: 'platform.security', title: 'notices.kinds.security', isFixed: true },
  { owner: 'platform', kind: 'platform.level', title: 'notices.kinds.level' },
  {
    ...{ owner: 'platform', kind: 'platform.alert', title: 'notices.kinds.alert' },
    permission: 'alerts.alerts.read',
  },
]

/** The kind a notice belongs to; one nobody declared cannot be chosen. */
export function kindOf(kinds: readonly OfferedKind[], owner: string, kind: string): OfferedKind | undefined {
  return kinds.find((one) => one.owner === owner && (kind === one.kind || kind.startsWith(`${one.kind}.`)))
}
