export * from './routes/markets.ts'
export * from './routes/operations.ts'
export * from './routes/wallets.ts'
export { exchangeRefusals } from './refusals.ts'
