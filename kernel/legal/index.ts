export { createLegal, type Legal, type LegalOptions } from './legal.ts'
