import assert from 'node:assert/strict'
import { ProblemError } from '@cambium/kernel/contract'
import { formProblem } from '../app/composables/problem-form.ts'

const text = (error: ProblemError): string => error.message
const fieldOf = { 'identity.email_already_used': 'email' }
const read = (error: unknown) => formProblem(error, fieldOf, text, 'unreachable')

describe('form problem', () => {
  it('puts validation errors beside the fields they point to', () => {
    const errors = [{ pointer: '#/password', detail: 'is too short' }]
    const error = new ProblemError({ type: '/problems/validation', title: 'Invalid', status: 400, errors })
    assert.deepEqual(read(error), { fields: { password: 'is too short' }, general: null })
  })

  it('puts a refusal beside the field it is about', () => {
    const error = new ProblemError({
      type: '/problems/identity.email_already_used',
      title: 'Taken',
      status: 409,
    })
    assert.deepEqual(read(error), { fields: { email: 'Taken' }, general: null })
  })

  it('says above the form what belongs to no field', () => {
    const error = new ProblemError({ type: '/problems/identity.login_blocked', title: 'Wait', status: 429 })
    assert.deepEqual(read(error), { fields: {}, general: 'Wait' })
  })

  it('tells an unreachable platform from a refusal', () => {
    assert.deepEqual(read(new TypeError('fetch failed')), { fields: {}, general: 'unreachable' })
  })
})
