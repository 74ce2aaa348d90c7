import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import { ulid } from '../broker/index.ts'
import { execute } from '../database/index.ts'
import type { SecretBox } from '../settings/index.ts'
import { severities, type Severity } from '../contract/index.ts'

export type ChannelKind = 'notice' | 'email' | 'webhook'

export interface ChannelRow {
  id: string
  kind: ChannelKind
  name: string
  content: string
  severity_min: Severity
  is_on: number
  revision: number
  changed_by: string
  changed_at: Date
}

/** What is kept of where a channel leads. */
export interface ChannelContent {
  readonly recipients?: readonly string[]
  readonly address?: string
  /** Sealed. */
  readonly secret?: string
}

/** Always there, so that a fresh platform tells its operators something. */
export const NOTICE_CHANNEL = 'notice'

const table = (database: Knex) => database<ChannelRow>('alerts_channels')
const secretContext = (channelId: string): string => `alerts.channel.${channelId}`

export function contentOf(row: ChannelRow): ChannelContent {
  return JSON.parse(row.content) as ChannelContent
}

export async function provideNoticeChannel(database: Knex, now: Date): Promise<void> {
  await execute(
    database,
    `INSERT IGNORE INTO alerts_channels
       (id, kind, name, content, severity_min, is_on, revision, changed_by, changed_at) VALUES (?)`,
    [[NOTICE_CHANNEL, 'notice', 'Notices', '{}', 'warning', 1, 1, 'system', now]],
  )
}

export function allChannels(database: Knex): Promise<readonly ChannelRow[]> {
  return table(database).orderBy('name')
}

export function findChannel(database: Knex, id: string): Promise<ChannelRow | undefined> {
  return table(database).where({ id }).first()
}

export async function insertChannel(
  database: Knex,
  row: Omit<ChannelRow, 'id' | 'revision' | 'content'> & { readonly content: ChannelContent },
): Promise<ChannelRow> {
  const whole = { ...row, id: ulid(), revision: 1, content: JSON.stringify(row.content) }
  await table(database).insert(whole)
  return whole
}

export async function saveChannel(
  database: Knex,
  id: string,
  revision: number,
  change: Partial<Omit<ChannelRow, 'id' | 'revision'>>,
): Promise<boolean> {
  const saved = await table(database)
    .where({ id, revision })
    .update({ ...change, revision: revision + 1 })
  return saved === 1
}

/** A new secret of a webhook, and what is kept of it. */
export async function renewSecret(
  database: Knex,
  box: SecretBox,
  row: ChannelRow,
): Promise<{ readonly secret: string; readonly row: ChannelRow }> {
  const secret = `whsec_${randomBytes(32).toString('base64url')}`
  const content = JSON.stringify({ ...contentOf(row), secret: box.seal(secret, secretContext(row.id)) })
  await table(database).where({ id: row.id }).update({ content })
  return { secret, row: { ...row, content } }
}

export function secretOf(box: SecretBox, row: ChannelRow): string {
  const { secret } = contentOf(row)
  if (secret === undefined) throw new Error('The channel has no secret.')
  return box.open(secret, secretContext(row.id))
}

export async function deleteChannel(database: Knex, id: string): Promise<void> {
  await database('alerts_deliveries').where({ channel_id: id }).delete()
  await table(database).where({ id }).delete()
}

/** It is on, and the alert is grave enough for it. */
export function takes(row: ChannelRow, severity: Severity): boolean {
  return row.is_on === 1 && severities.indexOf(severity) >= severities.indexOf(row.severity_min)
}
