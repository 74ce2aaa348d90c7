export type { ApiKeyProof, ApiKeys } from './api-keys.ts'
export { deviceOf } from './device.ts'
export { checkEmail } from './email.ts'
export { levelChanged, securityRecorded, userErased } from './events.ts'
export {
  createIdentity,
  type Agreements,
  type Identity,
  type IdentityOptions,
  type NewAccount,
} from './identity.ts'
export type { User } from './routes.ts'
export type { SecurityRecord } from './security-log.ts'
export { CONFIRMED_MS_MAX } from './sessions.ts'
export { anonymousVisitor, type Authenticate, type Visitor } from './visitors.ts'
export { readSessionToken } from './session-cookie.ts'
