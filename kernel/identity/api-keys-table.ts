import type { Knex } from 'knex'
import type { ApiKey } from './routes/api-keys.ts'

export interface ApiKeyRow {
  id: string
  user_id: string
  name: string
  api_key: string
  kind: ApiKey['kind']
  sealed_secret: string | null
  public_key: string | null
  scopes: string
  addresses: string
  created_at: Date
  expires_at: Date | null
  last_used_at: Date | null
  last_used_address: string | null
  revoked_at: Date | null
}

/** Between two notes of its last use. */
const TOUCH_MS = 60_000
const table = (database: Knex) => database<ApiKeyRow>('users_api_keys')

export function listOf(text: string): readonly string[] {
  return JSON.parse(text) as readonly string[]
}

export function apiKeyOf(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    apiKey: row.api_key,
    kind: row.kind,
    name: row.name,
    scopes: [...listOf(row.scopes)],
    addresses: [...listOf(row.addresses)],
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    lastUsedAddress: row.last_used_address,
  }
}

/** Those that are not revoked, newest first. */
export async function keysOf(database: Knex, userId: string): Promise<readonly ApiKeyRow[]> {
  return table(database).where({ user_id: userId }).whereNull('revoked_at').orderBy('id', 'desc')
}

export function keyOfUser(database: Knex, userId: string, keyId: string): Promise<ApiKeyRow | undefined> {
  return table(database).where({ id: keyId, user_id: userId }).whereNull('revoked_at').first()
}

export function keyByName(database: Knex, apiKey: string): Promise<ApiKeyRow | undefined> {
  return table(database).where({ api_key: apiKey }).whereNull('revoked_at').first()
}

export async function insertKey(trx: Knex, row: ApiKeyRow): Promise<void> {
  await table(trx).insert(row)
}

export async function updateKey(
  trx: Knex,
  keyId: string,
  columns: Partial<Pick<ApiKeyRow, 'name' | 'scopes' | 'addresses' | 'expires_at'>>,
): Promise<void> {
  if (Object.keys(columns).length > 0) await table(trx).where({ id: keyId }).update(columns)
}

export async function revokeKey(trx: Knex, keyId: string, now: Date): Promise<void> {
  await table(trx).where({ id: keyId }).update({ revoked_at: now, sealed_secret: null })
}

/** At most one write a minute, whichever node saw it. */
export async function touchKey(database: Knex, keyId: string, address: string, now: Date): Promise<void> {
  await table(database)
    .where({ id: keyId })
    .where((either) =>
      either.whereNull('last_used_at').orWhere('last_used_at', '<', new Date(now.getTime() - TOUCH_MS)),
    )
    .update({ last_used_at: now, last_used_address: address.slice(0, 64) })
}

export async function forgetKeys(trx: Knex, userId: string): Promise<void> {
  await table(trx).where({ user_id: userId }).delete()
}

export async function forgetRevokedKeys(database: Knex, before: Date): Promise<number> {
  return table(database).where('revoked_at', '<', before).delete()
}
