import { refusals } from '../contract/index.ts'

export const personalDataRefusals = refusals('personalData', {
  confirmation_wrong: { status: 422, message: "The confirmation is not the account's e-mail address." },
})
