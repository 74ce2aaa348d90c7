import { platformRefusals, type Principal } from '../broker/index.ts'

/**
 * Money from outside and the house's own trading are for whoever sits at the machine: an administrator's session,
 * which a stranger may have taken, is not enough. Throws `platform.permission_missing`.
 */
export function assertOperator(principal: Principal): void {
  if (principal.kind !== 'system') throw platformRefusals.permission_missing()
}
