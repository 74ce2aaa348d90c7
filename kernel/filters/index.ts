export { createFilters, type Filters } from './filters.ts'
export { filterImplementations } from './filters.service.ts'
export { purchaseFilters } from './purchase-filters.ts'
export { createStrategies, type Strategies } from './strategies.ts'
