import { refusals } from '../contract/index.ts'

export const maintenanceRefusals = refusals('maintenance', {
  product_rests: {
    status: 503,
    message: 'This is closed for maintenance. What is open stays as it is.',
    retryable: true,
  },
  window_not_found: { status: 404, message: 'There is no such maintenance window.' },
  scope_not_found: { status: 422, message: 'No product has this id.' },
  window_already_open: {
    status: 409,
    message: 'Maintenance of this is planned or running already. Change that instead.',
  },
  window_already_ended: { status: 409, message: 'This maintenance is over already.' },
  changed_meanwhile: {
    status: 409,
    message: 'Somebody else has changed this maintenance window since you read it.',
    retryable: true,
  },
  must_end_after_it_begins: { status: 422, message: 'Maintenance must end after it begins.' },
})
