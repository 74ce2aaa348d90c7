/** What the operator reads in the marketplace and in the role editor, and what the kernel enforces. */
export interface PermissionDeclaration {
  /** `spot.orders.write` */
  readonly id: string
  readonly title: string
  /** Roles that hold it from the first enable on; an operator may change this later. */
  readonly roles: readonly ('user' | 'admin')[]
}
