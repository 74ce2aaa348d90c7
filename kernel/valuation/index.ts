export { createValuation, type Valuation, type ValuationOptions } from './valuation.ts'
