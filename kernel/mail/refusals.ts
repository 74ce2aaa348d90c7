import { refusals } from '../contract/index.ts'

export const mailRefusals = refusals('mail', {
  not_set_up: { status: 409, message: 'Letters cannot be sent: no mail server is set up.' },
  not_sent: { status: 422, message: 'The mail server did not take the letter.' },
  letter_not_found: { status: 404, message: 'There is no such letter.' },
  letter_not_failed: { status: 409, message: 'Only a letter that failed is tried again.' },
})
