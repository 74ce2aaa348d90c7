export {
  add,
  amount,
  formatAmount,
  mulDiv,
  parseAmount,
  subtract,
  zero,
  type Amount,
  type Rounding,
} from './amount.ts'
export { moneyRefusals } from './refusals.ts'
