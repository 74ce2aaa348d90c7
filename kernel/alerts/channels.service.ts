import { implement, ulid, type Implementation } from '../broker/index.ts'
import { checkEmail } from '../identity/index.ts'
import {
  allChannels,
  contentOf,
  deleteChannel,
  findChannel,
  insertChannel,
  NOTICE_CHANNEL,
  renewSecret,
  saveChannel,
  type ChannelContent,
  type ChannelKind,
  type ChannelRow,
} from './channels-table.ts'
import {
  deliveryOf,
  findDelivery,
  insertDelivery,
  lastDeliveries,
  pageOfDeliveries,
  type DeliveryRow,
  type Told,
} from './deliveries-table.ts'
import { listOf, nameOf, type AlertsDesk } from './desk.ts'
import { alertsRefusals } from './refusals.ts'
import * as routes from './routes.ts'
import { tell } from './telling.ts'
import { addressProblem } from './webhook.ts'

const PAGE_ROWS = 50

function channelOf(row: ChannelRow, last: DeliveryRow | undefined): routes.Channel {
  const { recipients, address } = contentOf(row)
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    severityMin: row.severity_min,
    isOn: row.is_on === 1,
    revision: row.revision,
    ...(recipients ? { recipients: [...recipients] } : {}),
    ...(address === undefined ? {} : { address }),
    lastDelivery: last ? { state: last.state, at: last.created_at.toISOString() } : null,
  }
}

type Given = Pick<routes.Channel, 'recipients' | 'address'>

function invalid(reason: string) {
  return alertsRefusals.channel_invalid({ reason })
}

function contentFor(kind: ChannelKind, given: Given, hosts: ReadonlySet<string>): ChannelContent {
  if (kind === 'notice') return {}
  if (kind === 'email') {
    if (!given.recipients) throw invalid('An address is missing.')
    try {
      return { recipients: [...new Set(given.recipients.map(checkEmail))] }
    } catch {
      throw invalid('One of the addresses is no e-mail address.')
    }
  }
  const address = given.address?.trim() ?? ''
  const problem = addressProblem(address, hosts)
  if (problem !== undefined) throw invalid(problem)
  return { address }
}

async function find({ database }: AlertsDesk, channelId: string): Promise<ChannelRow> {
  const row = await findChannel(database, channelId)
  if (!row) throw alertsRefusals.channel_not_found({ channelId })
  return row
}

export function channelImplementations(desk: AlertsDesk): readonly Implementation<never>[] {
  return [...listing(desk), ...changing(desk), ...trying(desk)]
}

function listing({ database }: AlertsDesk): readonly Implementation<never>[] {
  return listOf(
    implement(routes.listChannels, async () => {
      const [rows, last] = await Promise.all([allChannels(database), lastDeliveries(database)])
      return { items: rows.map((row) => channelOf(row, last.get(row.id))) }
    }),
    implement(routes.listDeliveries, async ({ params: { limit = PAGE_ROWS, ...query } }) => {
      const { rows, ...more } = await pageOfDeliveries(database, { limit, ...query })
      const names = new Map((await allChannels(database)).map(({ id, name }) => [id, name]))
      return { items: rows.map((row) => deliveryOf(row, names.get(row.channel_id) ?? '')), ...more }
    }),
  )
}

function changing(desk: AlertsDesk): readonly Implementation<never>[] {
  const { database, clock, box, changed, telling } = desk
  const hosts = telling.privateHosts

  return listOf(
    implement(routes.createChannel, async ({ params, principal }) => {
      const { kind, name, severityMin, isOn } = params
      const row = await insertChannel(database, {
        kind,
        name,
        severity_min: severityMin,
        is_on: isOn ? 1 : 0,
        content: contentFor(kind, params, hosts),
        changed_by: nameOf(principal),
        changed_at: clock.now(),
      })
      changed()
      if (kind !== 'webhook') return { channel: channelOf(row, undefined), secret: null }
      const { secret, row: sealed } = await renewSecret(database, box, row)
      return { channel: channelOf(sealed, undefined), secret }
    }),
    implement(routes.changeChannel, async ({ params, principal }) => {
      const { channelId, revision, name, severityMin, isOn } = params
      const row = await find(desk, channelId)
      const { secret } = contentOf(row)
      const content = { ...contentFor(row.kind, params, hosts), ...(secret === undefined ? {} : { secret }) }
      const isSaved = await saveChannel(database, channelId, revision, {
        name,
        severity_min: severityMin,
        is_on: isOn ? 1 : 0,
        content: JSON.stringify(content),
        changed_by: nameOf(principal),
        changed_at: clock.now(),
      })
      if (!isSaved) throw alertsRefusals.changed_meanwhile()
      changed()
      const last = (await lastDeliveries(database)).get(channelId)
      return channelOf(await find(desk, channelId), last)
    }),
    implement(routes.renewChannelSecret, async ({ params: { channelId } }) => {
      const row = await find(desk, channelId)
      if (row.kind !== 'webhook') throw invalid('Only webhooks are signed.')
      const { secret, row: sealed } = await renewSecret(database, box, row)
      return { channel: channelOf(sealed, undefined), secret }
    }),
    implement(routes.removeChannel, async ({ params: { channelId } }) => {
      await find(desk, channelId)
      if (channelId === NOTICE_CHANNEL) throw alertsRefusals.channel_must_stay()
      await deleteChannel(database, channelId)
      changed()
      return {}
    }),
  )
}

function trying(desk: AlertsDesk): readonly Implementation<never>[] {
  const { database, clock, telling } = desk
  return listOf(
    implement(routes.testChannel, async ({ params: { channelId } }) => {
      const row = await find(desk, channelId)
      const now = clock.now()
      const told: Told = {
        // A test belongs to no alert: each is one of its own.
        alertId: ulid(),
        ruleId: 'platform.test',
        title: 'A test of this channel',
        subject: '',
        severity: 'info' as const,
        indicator: 'http.p95' as const,
        comparison: 'above' as const,
        threshold: 0,
        value: 0,
        since: now.toISOString(),
      }
      const id = await insertDelivery(database, { channelId, turn: 'test', told, now })
      await tell(telling, (await findDelivery(database, id)) as DeliveryRow)
      return deliveryOf((await findDelivery(database, id)) as DeliveryRow, row.name)
    }),
  )
}
