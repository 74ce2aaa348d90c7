export { createSearch, type Search, type SearchOptions } from './search.ts'
export type { SearchHit, SearchRequest, SearchSource } from './source.ts'
export { platformSearch, platformSources } from './platform-sources.ts'
