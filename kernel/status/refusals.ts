import { refusals } from '../contract/index.ts'

export const statusRefusals = refusals('status', {
  incident_not_found: { status: 404, message: 'This incident is not there any more.' },
  incident_already_resolved: { status: 409, message: 'This incident is resolved already.' },
})
