import type { BlockList } from 'node:net'
import type { Knex } from 'knex'
import {
  createLogger,
  implement,
  ulid,
  type Client,
  type Implementation,
  type UserPrincipal,
} from '../broker/index.ts'
import { platformScopes, type ApiScope } from '../contract/index.ts'
import { transaction } from '../database/index.ts'
import type { SecretBox } from '../settings/index.ts'
import {
  isAmong,
  isEd25519Right,
  isHmacRight,
  randomWord,
  readAddresses,
  readPublicKey,
} from './api-key-proof.ts'
import {
  apiKeyOf,
  forgetRevokedKeys,
  insertKey,
  keyByName,
  keyOfUser,
  keysOf,
  listOf,
  revokeKey,
  touchKey,
  updateKey,
  type ApiKeyRow,
} from './api-keys-table.ts'
import { identityRefusals } from './refusals.ts'
import type { Roles } from './roles.ts'
import * as routes from './routes.ts'
import type { SecurityLog } from './security-log.ts'
import type { Users } from './users.ts'
import type { Visitors } from './visitors.ts'

/** What a program sends to show that a request is its own. */
export interface ApiKeyProof {
  readonly apiKey: string
  /** What was signed, to the byte as it came in. */
  readonly payload: string | Uint8Array
  /** Hexadecimal for HMAC-SHA256, base64 for Ed25519. */
  readonly signature: string
  readonly address: string
}

export interface ApiKeys {
  /**
   * Who a signed request comes from. Throws `identity.api_key_unknown`, `…_expired`, `…_address_not_allowed` or
   * `…_signature_wrong`.
   */
  verify(proof: ApiKeyProof): Promise<UserPrincipal>
  /** The same without a signature: enough for what anybody may see who has a key at all. */
  find(apiKey: string, address: string): Promise<UserPrincipal>
  /** What keys can be allowed of an owner's, in place of what it offered before. */
  offer(owner: string, scopes: readonly ApiScope[]): void
}

export interface ApiKeysParts {
  readonly database: Knex
  readonly users: Users
  readonly roles: Roles
  readonly log: SecurityLog
  readonly visitors: Visitors
  readonly box: SecretBox
}

interface Loaded {
  readonly row: ApiKeyRow
  readonly principal: UserPrincipal
  readonly addresses: BlockList | undefined
}

interface Cached {
  readonly untilMs: number
  readonly loaded: Promise<Loaded | undefined>
  userId: string | null
}

type Content = Partial<Pick<routes.ApiKey, 'name' | 'scopes' | 'addresses' | 'expiresAt'>>
type NewKey = Pick<routes.ApiKey, 'name' | 'kind' | 'scopes'> & Content & { readonly publicKey?: string }

const KEYS_MAX = 30
const CACHE_MS = 3_000
const CACHED_MAX = 10_000
const REVOKED_MS = 400 * 24 * 3600_000

const contextOf = (keyId: string): string => `identity.apiKey:${keyId}`

/** Keys by name, cached for some seconds and forgotten at once when something about their users changes anywhere. */
class KeyCache {
  readonly #entries = new Map<string, Cached>()
  readonly #load: (apiKey: string) => Promise<Loaded | undefined>

  constructor(load: (apiKey: string) => Promise<Loaded | undefined>) {
    this.#load = load
  }

  get(apiKey: string): Promise<Loaded | undefined> {
    const nowMs = performance.now()
    const found = this.#entries.get(apiKey)
    if (found && found.untilMs > nowMs) return found.loaded
    if (this.#entries.size >= CACHED_MAX) this.#entries.clear()
    const entry: Cached = { untilMs: nowMs + CACHE_MS, loaded: this.#load(apiKey), userId: null }
    entry.loaded.then(
      (loaded) => (entry.userId = loaded ? String(loaded.row.user_id) : ''),
      () => this.#entries.delete(apiKey),
    )
    this.#entries.set(apiKey, entry)
    return entry.loaded
  }

  /** An entry still loading may be anybody's. */
  forget(userId: string | null): void {
    for (const [apiKey, entry] of this.#entries)
      if (userId === null || entry.userId === null || entry.userId === userId) this.#entries.delete(apiKey)
  }
}

function columnsOf({ name, scopes, addresses, expiresAt }: Content) {
  return {
    ...(name === undefined ? {} : { name: name.trim() }),
    ...(scopes === undefined ? {} : { scopes: JSON.stringify(scopes) }),
    ...(addresses === undefined ? {} : { addresses: JSON.stringify(addresses) }),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt === null ? null : new Date(expiresAt) }),
  }
}

/** Keys with which users' own programs come in: what each may do, from where, and how it proves that it is it. */
export function createApiKeys(parts: ApiKeysParts): ApiKeys & {
  readonly implementations: readonly Implementation<never>[]
  exportOf(userId: string): Promise<readonly routes.ApiKey[]>
  forgetOld(): Promise<number>
} {
  const { database, users, roles, log, visitors, box } = parts
  const logger = createLogger('identity')
  const offered = new Map<string, readonly ApiScope[]>([
    ['platform', platformScopes.map((id) => ({ id, title: `scopes.${id}` }))],
  ])

  async function load(apiKey: string): Promise<Loaded | undefined> {
    const row = await keyByName(database, apiKey)
    const user = row && (await users.find(String(row.user_id)))
    if (!user) return undefined
    const addresses = listOf(row.addresses)
    return {
      row,
      principal: {
        kind: 'user',
        userId: user.id,
        permissions: await roles.permissionsOf(user.roles),
        apiKey: { id: row.id, scopes: new Set(listOf(row.scopes)) },
      },
      addresses: addresses.length === 0 ? undefined : readAddresses(addresses),
    }
  }
  const cache = new KeyCache(load)
  visitors.onChange((userId) => cache.forget(userId))

  async function known(apiKey: string, address: string): Promise<Loaded> {
    const found = await cache.get(apiKey)
    if (!found) throw identityRefusals.api_key_unknown()
    const { row, addresses } = found
    if (row.expires_at && row.expires_at.getTime() <= Date.now()) throw identityRefusals.api_key_expired()
    if (addresses && !isAmong(addresses, address))
      throw identityRefusals.api_key_address_not_allowed({ address })
    return found
  }

  function touch({ row }: Loaded, address: string): void {
    touchKey(database, row.id, address, new Date()).catch((error: unknown) =>
      logger.warn('the last use of an API key could not be kept', { error }),
    )
  }

  function isSignedBy({ row }: Loaded, { payload, signature }: ApiKeyProof): boolean {
    if (row.public_key !== null) return isEd25519Right(row.public_key, payload, signature)
    return isHmacRight(box.open(row.sealed_secret ?? '', contextOf(row.id)), payload, signature)
  }

  return {
    offer: (owner, scopes) => void offered.set(owner, scopes),
    async find(apiKey, address) {
      const found = await known(apiKey, address)
      touch(found, address)
      return found.principal
    },
    async verify(proof) {
      const found = await known(proof.apiKey, proof.address)
      if (!isSignedBy(found, proof)) throw identityRefusals.api_key_signature_wrong()
      touch(found, proof.address)
      return found.principal
    },
    implementations: apiKeyImplementations({ database, users, log, visitors, box, offered }),
    exportOf: async (userId) => (await keysOf(database, userId)).map(apiKeyOf),
    forgetOld: () => forgetRevokedKeys(database, new Date(Date.now() - REVOKED_MS)),
  }
}

interface Desk extends Pick<ApiKeysParts, 'database' | 'users' | 'log' | 'visitors' | 'box'> {
  readonly offered: ReadonlyMap<string, readonly ApiScope[]>
}

function checkContent({ offered }: Desk, { scopes = [], addresses = [], expiresAt }: Content): void {
  const all = new Set([...offered.values()].flatMap((own) => own.map(({ id }) => id)))
  const unknown = scopes.find((scope) => !all.has(scope))
  if (unknown !== undefined) throw identityRefusals.api_scope_unknown({ scope: unknown })
  readAddresses(addresses)
  if (expiresAt && Date.parse(expiresAt) <= Date.now()) throw identityRefusals.api_key_must_expire_later()
}

/** Makes a key, and answers its secret this once. */
async function makeKey(desk: Desk, userId: string, given: NewKey, client: Client | undefined) {
  checkContent(desk, given)
  const isHmac = given.kind === 'hmac-sha256'
  const id = ulid()
  const secret = isHmac ? randomWord() : null
  const row: ApiKeyRow = {
    id,
    user_id: userId,
    name: given.name.trim(),
    api_key: randomWord(),
    kind: given.kind,
    sealed_secret: secret === null ? null : desk.box.seal(secret, contextOf(id)),
    public_key: isHmac ? null : readPublicKey(given.publicKey),
    scopes: JSON.stringify(given.scopes),
    addresses: JSON.stringify(given.addresses ?? []),
    created_at: new Date(),
    expires_at: given.expiresAt ? new Date(given.expiresAt) : null,
    last_used_at: null,
    last_used_address: null,
    revoked_at: null,
  }
  await transaction(desk.database, async (trx) => {
    // Locks the user, so that two requests cannot both be the last one there is room for.
    await trx('users').where({ id: userId }).forUpdate().first('id')
    const { length: count } = await keysOf(trx, userId)
    if (count >= KEYS_MAX) throw identityRefusals.api_keys_too_many({ keysMax: KEYS_MAX })
    await insertKey(trx, row)
    await desk.log.record(trx, { userId, kind: 'apiKeyCreated', client })
  })
  // The name may have been asked for, and remembered as nobody's, before it was there.
  await desk.visitors.announceChange(userId)
  return { key: apiKeyOf(row), secret }
}

async function revoke(
  desk: Desk,
  { userId, keyId }: { readonly userId: string; readonly keyId: string },
  step: { readonly client: Client | undefined; readonly doneBy?: string; readonly reason?: string },
): Promise<Record<string, never>> {
  await transaction(desk.database, async (trx) => {
    if (!(await keyOfUser(trx, userId, keyId))) throw identityRefusals.api_key_not_found({ keyId })
    await revokeKey(trx, keyId, new Date())
    await desk.log.record(trx, { userId, kind: 'apiKeyRevoked', ...step })
  })
  await desk.visitors.announceChange(userId)
  return {}
}

function apiKeyImplementations(desk: Desk): readonly Implementation<never>[] {
  const { database, users, log, visitors, offered } = desk

  async function assertUser(userId: string): Promise<void> {
    if (!(await users.find(userId))) throw identityRefusals.user_not_found({ userId })
  }

  return [
    implement(routes.listApiKeys, async ({ userId }) => ({
      items: (await keysOf(database, userId)).map(apiKeyOf),
      scopes: [...offered].flatMap(([owner, own]) => own.map(({ id, title }) => ({ id, owner, title }))),
      keysMax: KEYS_MAX,
    })),
    implement(routes.createApiKey, ({ params, userId, client }) => makeKey(desk, userId, params, client)),
    implement(routes.changeApiKey, async ({ params: { keyId, ...content }, userId, client }) => {
      checkContent(desk, content)
      await transaction(database, async (trx) => {
        if (!(await keyOfUser(trx, userId, keyId))) throw identityRefusals.api_key_not_found({ keyId })
        await updateKey(trx, keyId, columnsOf(content))
        await log.record(trx, { userId, kind: 'apiKeyChanged', client })
      })
      await visitors.announceChange(userId)
      return apiKeyOf((await keyOfUser(database, userId, keyId)) as ApiKeyRow)
    }),
    implement(routes.revokeApiKey, ({ params: { keyId }, userId, client }) =>
      revoke(desk, { userId, keyId }, { client }),
    ),
    implement(routes.listUserApiKeys, async ({ params: { userId } }) => {
      await assertUser(userId)
      return { items: (await keysOf(database, userId)).map(apiKeyOf) }
    }),
    implement(routes.revokeUserApiKey, ({ params: { reason, ...key }, principal }) =>
      revoke(desk, key, {
        client: undefined,
        doneBy: principal.kind === 'user' ? principal.userId : principal.kind,
        reason,
      }),
    ),
    implement(routes.createUserApiKey, async ({ params: { userId, ...given }, principal }) => {
      if (principal.kind !== 'system') throw identityRefusals.api_key_only_by_owner()
      await assertUser(userId)
      return makeKey(desk, userId, given, undefined)
    }),
  ] as readonly unknown[] as readonly Implementation<never>[]
}
