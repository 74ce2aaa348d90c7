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
export {
  addDecimals,
  changePpm,
  compareDecimals,
  decimalsOf,
  divideDecimals,
  fixDecimals,
  isMultiple,
  isPositiveDecimal,
  multiplyDecimals,
  percentOfPpm,
  ratioPpm,
  share,
  subtractDecimals,
  toMultiple,
} from './decimal.ts'
export { moneyRefusals } from './refusals.ts'
