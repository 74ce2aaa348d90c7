import assert from 'node:assert/strict'
import { securitySteps } from '../app/composables/security-steps.ts'

const nowMs = Date.UTC(2026, 5, 1)
const safe = {
  password: { changedAt: '2026-05-01T00:00:00.000Z', strength: 4 },
  secondFactor: { isActive: true, activatedAt: '2026-05-01T00:00:00.000Z', recoveryCodesLeft: 10 },
  sessions: 1,
  newPlaces: 0,
}
const undone = (check: typeof safe): string[] =>
  securitySteps(check, nowMs).flatMap(({ id, isDone }) => (isDone ? [] : [id]))

describe('security checkup', () => {
  it('has nothing to say about an account that does all it can', () => {
    assert.deepEqual(undone(safe), [])
  })

  it('asks for a second factor first, for codes when few are left, and for a look at new places', () => {
    const { secondFactor, password } = safe
    assert.deepEqual(undone({ ...safe, secondFactor: { ...secondFactor, isActive: false } }), [
      'secondFactor',
      'recoveryCodes',
    ])
    assert.deepEqual(undone({ ...safe, secondFactor: { ...secondFactor, recoveryCodesLeft: 2 } }), [
      'recoveryCodes',
    ])
    assert.deepEqual(undone({ ...safe, newPlaces: 1 }), ['places'])
    assert.deepEqual(undone({ ...safe, password: { ...password, strength: 1 } }), ['password'])
    assert.deepEqual(undone({ ...safe, password: { ...password, changedAt: '2024-01-01T00:00:00.000Z' } }), [
      'passwordAge',
    ])
  })
})
