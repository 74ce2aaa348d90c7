import { refusals } from '../contract/index.ts'

export const personalDataRefusals = refusals('personalData', {
  account_not_empty: {
    status: 422,
    message: 'There is something left in the wallets. Withdraw or use it up first.',
  },
  confirmation_wrong: { status: 422, message: "The confirmation is not the account's e-mail address." },
})
