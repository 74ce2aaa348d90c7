export { createGrowth, type Growth, type GrowthOptions } from './growth.ts'
