import type { GrantItem, GrantsDifference } from '@cambium/kernel/plugins/routes'

/** The kinds of grants the admin has words for, the weightiest first. */
export const grantKinds = [
  'ledgerAccounts',
  'engineMarkets',
  'houseAccounts',
  'outboundHosts',
  'tables',
  'filters',
  'strategies',
  'events',
  'sockets',
] as const
export type GrantKind = (typeof grantKinds)[number]

export interface GrantName {
  readonly name: string
  readonly change: 'added' | 'removed' | null
}

export interface GrantLine {
  readonly id: string
  /** How the whole grant changes; null where it stays or only some of its names change. */
  readonly change: 'added' | 'removed' | null
  /** What exactly, where the grant names things. */
  readonly names: readonly GrantName[]
}

export function isKnownGrant(id: string): id is GrantKind {
  return (grantKinds as readonly string[]).includes(id)
}

function rank(id: string): number {
  return isKnownGrant(id) ? grantKinds.indexOf(id) : grantKinds.length
}

/** What is asked for, one line a kind; with a difference, also what is new in it and what is no longer asked for. */
export function grantLines(asked: readonly GrantItem[], difference?: GrantsDifference): readonly GrantLine[] {
  const isIn = (list: readonly GrantItem[], { grant, value }: GrantItem): boolean =>
    list.some((item) => item.grant === grant && item.value === value)
  const { added = [], removed = [] } = difference ?? {}
  const all = [
    ...asked.map((item) => ({ ...item, change: isIn(added, item) ? ('added' as const) : null })),
    ...removed.filter((item) => !isIn(asked, item)).map((item) => ({ ...item, change: 'removed' as const })),
  ]
  return [...new Set(all.map(({ grant }) => grant))]
    .sort((left, right) => rank(left) - rank(right) || left.localeCompare(right))
    .map((id) => {
      const items = all.filter(({ grant }) => grant === id)
      const change = items[0]?.change ?? null
      return {
        id,
        change: items.every((item) => item.change === change) ? change : null,
        names: items.flatMap((item) =>
          item.value === null ? [] : [{ name: item.value, change: item.change }],
        ),
      }
    })
}

/** The grants of a manifest as single things asked for. */
export function grantItems(
  grants: Readonly<Record<string, boolean | readonly string[]>>,
): readonly GrantItem[] {
  return Object.entries(grants).flatMap(([grant, value]): GrantItem[] => {
    if (typeof value === 'boolean') return value ? [{ grant, value: null }] : []
    return value.map((one) => ({ grant, value: one }))
  })
}
