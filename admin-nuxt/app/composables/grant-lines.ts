import type { Plan } from '@cambium/kernel/plugins/routes'

export type PluginGrants = Plan['grants']

export interface GrantLine {
  readonly id: 'ledgerAccounts' | 'engineMarkets' | 'houseAccounts' | 'outboundHosts'
  /** What exactly, where the grant names things. */
  readonly names: readonly string[]
}

/** The grants that were asked for; a plugin that asks for nothing gives an empty list. */
export function grantLines(grants: PluginGrants): readonly GrantLine[] {
  const lines: GrantLine[] = []
  if (grants.ledgerAccounts.length > 0) lines.push({ id: 'ledgerAccounts', names: grants.ledgerAccounts })
  if (grants.engineMarkets) lines.push({ id: 'engineMarkets', names: [] })
  if (grants.houseAccounts) lines.push({ id: 'houseAccounts', names: [] })
  if (grants.outboundHosts.length > 0) lines.push({ id: 'outboundHosts', names: grants.outboundHosts })
  return lines
}
