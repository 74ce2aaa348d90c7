import { refusals } from '../contract/index.ts'

export const moneyRefusals = refusals('money', {
  amount_malformed: { status: 400, message: 'This is not a plain decimal number.' },
  amount_too_fine: { status: 422, message: 'This has more decimals than the asset.' },
})
