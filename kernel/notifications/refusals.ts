import { refusals } from '../contract/index.ts'

export const notificationsRefusals = refusals('notifications', {
  kind_not_found: { status: 404, message: 'There are no notices of this kind.' },
  kind_must_stay: { status: 422, message: 'Notices about the safety of your account cannot be turned off.' },
})
