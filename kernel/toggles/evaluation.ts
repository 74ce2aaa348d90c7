import { createHash } from 'node:crypto'

/** `some`: everybody to whom at least one of the three applies. */
export interface ToggleState {
  readonly mode: 'off' | 'on' | 'some'
  readonly percentage: number
  readonly userIds: readonly string[]
  readonly levels: readonly number[]
}

/** Who is looking. */
export interface ToggleUser {
  readonly id: string
  readonly level: number
}

export const SHARE_MAX = 2 ** 32

/** The first of 2³² shares that a percentage does not take. */
export function shareLimit(percentage: number): number {
  return Math.round((percentage / 100) * SHARE_MAX)
}

/**
 * Where a user stands among all for one toggle: the same at every look and on every node, and for another toggle
 * somewhere else. Who is in at ten percent is in at twenty.
 */
function shareOf(toggleId: string, userId: string): number {
  return createHash('sha256').update(`${toggleId}:${userId}`).digest().readUInt32BE(0)
}

/** A visitor, of whom nothing is known, is in where everybody is. */
export function isOnFor(toggleId: string, state: ToggleState, user: ToggleUser | null): boolean {
  if (state.mode !== 'some') return state.mode === 'on'
  if (!user) return state.percentage === 100
  return (
    state.userIds.includes(user.id) ||
    state.levels.includes(user.level) ||
    shareOf(toggleId, user.id) < shareLimit(state.percentage)
  )
}
