export { assertAccess } from './access.ts'
export { canonicalJson } from './canonical-json.ts'
export { createBroker, type Broker, type BrokerOptions, type CallRouteOptions } from './broker.ts'
export type { CallObserver } from './generation.ts'
export type { Replaced } from './replaced.ts'
export {
  implement,
  type Call,
  type Client,
  type Implementation,
  type Principal,
  type UserPrincipal,
  type Upload,
} from './implementation.ts'
export { createLogger, silentLogger, type Logger } from '../log/index.ts'
export { toProblem, type ProblemOptions } from './problem.ts'
export { platformRefusals } from './refusals.ts'
export { ulid } from './ulid.ts'
export { assertSchema, checkOf, describeErrors, type Check } from './validator.ts'
