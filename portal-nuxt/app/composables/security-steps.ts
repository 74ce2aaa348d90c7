import type { SecurityCheck } from '@cambium/kernel/identity/routes'

export type SecurityAction = 'password' | 'secondFactor' | 'recoveryCodes' | 'sessions' | 'signIns'

export interface SecurityStepView {
  readonly id: 'password' | 'passwordAge' | 'secondFactor' | 'recoveryCodes' | 'places'
  readonly isDone: boolean
  readonly action: SecurityAction
}

const AGE_MS_MAX = 365 * 24 * 3600_000
const STRENGTH_MIN = 3
const CODES_MIN = 3

/** What protects an account, and whether it does, the most effective first. */
export function securitySteps(
  { password, secondFactor, newPlaces }: SecurityCheck,
  nowMs: number,
): SecurityStepView[] {
  const ageMs = password.changedAt === null ? 0 : nowMs - Date.parse(password.changedAt)
  return [
    { id: 'secondFactor', isDone: secondFactor.isActive, action: 'secondFactor' },
    { id: 'password', isDone: (password.strength ?? 0) >= STRENGTH_MIN, action: 'password' },
    {
      id: 'recoveryCodes',
      isDone: secondFactor.isActive && secondFactor.recoveryCodesLeft >= CODES_MIN,
      action: secondFactor.isActive ? 'recoveryCodes' : 'secondFactor',
    },
    { id: 'passwordAge', isDone: ageMs < AGE_MS_MAX, action: 'password' },
    { id: 'places', isDone: newPlaces === 0, action: 'sessions' },
  ]
}
