export { createApi, type Api, type ApiOptions, type CallOptions } from './client.ts'
export { ProblemError, problemCode, problemType, type Problem } from './problem.ts'
export {
  Refusal,
  refusalCatalogue,
  refusals,
  type CatalogueEntry,
  type RefusalData,
  type RefusalDeclaration,
  type RefusalFactory,
} from './refusals.ts'
export {
  route,
  type Access,
  type ParamsOf,
  type RateLimit,
  type ResultOf,
  type Route,
  type RouteDeclaration,
} from './route.ts'
export { decimal, id, page, pageOf, side, signedDecimal, timestamp } from './words.ts'
