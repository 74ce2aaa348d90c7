import type { PermissionDeclaration } from '../plugins/manifest.ts'

export const ledgerPermissions: readonly PermissionDeclaration[] = [
  { id: 'ledger.accounts.read', title: 'See every ledger account and journal entry', roles: ['admin'] },
  { id: 'ledger.checks.run', title: 'Run the trial balance', roles: ['admin'] },
]
