export { keepDailyWorth } from './daily-worth.ts'
export { createValuation, type Valuation, type ValuationOptions } from './valuation.ts'
export { createWalletRegistry, type WalletDeclaration, type WalletRegistry } from './wallet-registry.ts'
