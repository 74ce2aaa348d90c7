export {
  severities,
  type Comparison,
  type RuleContent,
  type RuleDeclaration,
  type Severity,
} from './alert-rules.ts'
export { createApi, readProblem, routeUrl, type Api, type ApiOptions, type CallOptions } from './client.ts'
export { csvLine } from './csv.ts'
export { metricOf, type LabelsOfMetric, type MetricDeclaration, type MetricLabels } from './metrics.ts'
export type { NoticeKind } from './notice-kind.ts'
export { platformScopes, type ApiScope } from './api-scope.ts'
export type { PermissionDeclaration } from './permission.ts'
export {
  eventOf,
  filterPoint,
  strategyPoint,
  type AnswerOfStrategy,
  type ContextOf,
  type EventData,
  type EventDeclaration,
  type FilterPoint,
  type RequestOf,
  type StrategyPoint,
} from './points.ts'
export { ProblemError, problemCode, problemType, type Problem } from './problem.ts'
export {
  Refusal,
  refusalCatalogue,
  refusals,
  validationRefusal,
  type CatalogueEntry,
  type RefusalData,
  type RefusalDeclaration,
  type RefusalFactory,
  type ValidationError,
} from './refusals.ts'
export {
  route,
  type Access,
  type FileBody,
  type Idempotency,
  type ParamsOf,
  type RateLimit,
  type ResultOf,
  type Route,
  type RouteDeclaration,
} from './route.ts'
export { searchRank } from './search-rank.ts'
export { toggleOf, type ToggleDeclaration } from './toggles.ts'
export { decimal, id, page, pageOf, side, signedDecimal, timestamp } from './words.ts'
