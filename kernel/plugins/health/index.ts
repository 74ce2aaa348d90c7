export {
  createHealth,
  type CallCounter,
  type ContributionFigures,
  type ContributionKind,
  type Health,
} from './health.ts'
export { healthImplementations } from './health.service.ts'
