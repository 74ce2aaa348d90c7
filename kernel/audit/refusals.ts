import { refusals } from '../contract/index.ts'

export const auditRefusals = refusals('audit', {
  entry_not_found: { status: 404, message: 'There is no such audit entry.' },
})
