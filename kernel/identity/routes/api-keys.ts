import { Array, Enum, Integer, Null, Object, Optional, String, Union, type Static } from 'typebox'
import { id, route, timestamp } from '../../contract/index.ts'
import { identityRefusals } from '../refusals.ts'

const strict = { additionalProperties: false }
const words = {
  name: String({ minLength: 1, maxLength: 60, pattern: '^[^<>\\u0000-\\u001f]*\\S[^<>\\u0000-\\u001f]*$' }),
  scopes: Array(String({ maxLength: 40 }), { minItems: 1, maxItems: 20, uniqueItems: true }),
  addresses: Array(String({ minLength: 2, maxLength: 49 }), {
    maxItems: 30,
    uniqueItems: true,
    description: 'Addresses or networks (`203.0.113.7`, `2001:db8::/32`) that may use it; empty for all.',
  }),
  expiresAt: Union([timestamp, Null()]),
}

export const ApiKeyKind = Enum(['hmac-sha256', 'ed25519'])

export const ApiKey = Object({
  id,
  apiKey: String({ description: 'Names the key in each request; no secret.' }),
  kind: ApiKeyKind,
  ...words,
  createdAt: timestamp,
  lastUsedAt: Union([timestamp, Null()]),
  lastUsedAddress: Union([String(), Null()]),
})
export type ApiKey = Static<typeof ApiKey>

export const OfferedScope = Object({
  id: String(),
  owner: String({ description: 'Whose locale file names it: `platform`, or a plugin.' }),
  title: String(),
})

const MadeKey = Object({
  key: ApiKey,
  secret: Union([String(), Null()], {
    description: 'Signs requests; shown this once. Null for Ed25519, whose private half only its owner has.',
  }),
})

const newKey = {
  name: words.name,
  kind: ApiKeyKind,
  publicKey: Optional(String({ maxLength: 500, description: 'PEM, for Ed25519.' })),
  scopes: words.scopes,
  addresses: Optional(words.addresses),
  expiresAt: Optional(words.expiresAt),
}

const contentErrors = [
  identityRefusals.api_scope_unknown.code,
  identityRefusals.api_key_address_malformed.code,
  identityRefusals.api_key_must_expire_later.code,
]
const makingErrors = [
  ...contentErrors,
  identityRefusals.api_key_public_key_unreadable.code,
  identityRefusals.api_keys_too_many.code,
]

export const listApiKeys = route({
  action: 'identity.apiKeys.list',
  rest: 'GET /identity/api-keys',
  summary: 'List the own API keys, newest first, and what keys can be allowed',
  permission: 'signedIn',
  params: Object({}, strict),
  result: Object({ items: Array(ApiKey), scopes: Array(OfferedScope), keysMax: Integer() }),
  errors: [],
})

export const createApiKey = route({
  action: 'identity.apiKeys.create',
  rest: 'POST /identity/api-keys',
  summary: 'Make an API key for a program of one’s own',
  permission: 'signedIn',
  isSensitive: true,
  params: Object(newKey, strict),
  result: MadeKey,
  errors: makingErrors,
})

export const changeApiKey = route({
  action: 'identity.apiKeys.change',
  rest: 'PATCH /identity/api-keys/:keyId',
  summary: 'Change name, scopes, addresses or expiry of an own API key',
  permission: 'signedIn',
  isSensitive: true,
  params: Object(
    {
      keyId: id,
      name: Optional(words.name),
      scopes: Optional(words.scopes),
      addresses: Optional(words.addresses),
      expiresAt: Optional(words.expiresAt),
    },
    strict,
  ),
  result: ApiKey,
  errors: [identityRefusals.api_key_not_found.code, ...contentErrors],
})

export const revokeApiKey = route({
  action: 'identity.apiKeys.revoke',
  rest: 'DELETE /identity/api-keys/:keyId',
  summary: 'Revoke an own API key, at once and for good',
  permission: 'signedIn',
  params: Object({ keyId: id }, strict),
  result: Object({}),
  errors: [identityRefusals.api_key_not_found.code],
})

export const listUserApiKeys = route({
  action: 'identity.apiKeys.review',
  rest: 'GET /users/:userId/api-keys',
  summary: 'List the API keys of a user, newest first',
  permission: 'identity.users.read',
  params: Object({ userId: id }, strict),
  result: Object({ items: Array(ApiKey) }),
  errors: [identityRefusals.user_not_found.code],
})

export const revokeUserApiKey = route({
  action: 'identity.apiKeys.revokeForUser',
  rest: 'DELETE /users/:userId/api-keys/:keyId',
  summary: 'Revoke an API key of a user',
  permission: 'identity.users.manage',
  shownBy: 'identity.apiKeys.review',
  params: Object({ userId: id, keyId: id, reason: String({ minLength: 3, maxLength: 300 }) }, strict),
  result: Object({}),
  errors: [identityRefusals.api_key_not_found.code],
})

export const createUserApiKey = route({
  action: 'identity.apiKeys.createForUser',
  rest: 'POST /users/:userId/api-keys',
  summary: 'Make an API key for an account, on this machine',
  description:
    'Only the platform’s own command may: an operator who could make keys of users could trade as them.',
  permission: 'identity.users.manage',
  params: Object({ userId: id, ...newKey }, strict),
  result: MadeKey,
  errors: [
    identityRefusals.user_not_found.code,
    identityRefusals.api_key_only_by_owner.code,
    ...makingErrors,
  ],
})
