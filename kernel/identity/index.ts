export { levelChanged, userErased } from './events.ts'
export { createIdentity, type Identity, type IdentityOptions, type NewAccount } from './identity.ts'
export type { User } from './routes.ts'
export { anonymousVisitor, type Authenticate, type Visitor } from './visitors.ts'
