import type { PermissionDeclaration } from '../contract/index.ts'

export const identityPermissions: readonly PermissionDeclaration[] = [
  { id: 'identity.users.read', title: 'See accounts', roles: ['admin'] },
  { id: 'identity.users.manage', title: 'Open and change accounts', roles: ['admin'] },
]
