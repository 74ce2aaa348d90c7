import type { Knex } from 'knex'
import { ulid } from '../broker/index.ts'
import { statusRefusals } from './refusals.ts'
import type { Incident } from './routes.ts'

interface IncidentRow {
  id: string
  source: Incident['source']
  title: string
  impact: Incident['impact']
  parts: string
  entries: string
  begun_at: Date
  resolved_at: Date | null
}

type NewIncident = Pick<Incident, 'source' | 'title' | 'impact' | 'parts' | 'entries'>

const INCIDENTS_SHOWN = 50
const table = (database: Knex) => database<IncidentRow>('status_incidents')

function incidentOf(row: IncidentRow): Incident {
  const { id, source, title, impact } = row
  return {
    id,
    source,
    title,
    impact,
    parts: JSON.parse(row.parts) as string[],
    entries: JSON.parse(row.entries) as Incident['entries'],
    begunAt: row.begun_at.toISOString(),
    resolvedAt: row.resolved_at?.toISOString() ?? null,
  }
}

export async function readIncidents(database: Knex, since: Date): Promise<Incident[]> {
  const rows = await table(database)
    .where('begun_at', '>=', since)
    .orWhereNull('resolved_at')
    .orderBy('begun_at', 'desc')
    .limit(INCIDENTS_SHOWN)
  return rows.map(incidentOf)
}

export async function beginIncident(database: Knex, incident: NewIncident, at: Date): Promise<Incident> {
  const { source, title, impact, parts, entries } = incident
  const row = {
    id: ulid(),
    source,
    title,
    impact,
    begun_at: at,
    resolved_at: null,
    parts: JSON.stringify(parts),
    entries: JSON.stringify(entries),
  }
  await table(database).insert(row)
  return incidentOf(row)
}

/** Locked while it is read: two operators may write at once, and both are heard. */
export async function addEntry(
  database: Knex,
  incidentId: string,
  { stage, text, at }: { stage: Incident['entries'][number]['stage']; text: string; at: Date },
): Promise<Incident> {
  return database.transaction(async (trx) => {
    const row = await table(trx).where({ id: incidentId }).forUpdate().first()
    if (!row) throw statusRefusals.incident_not_found({ incidentId })
    if (row.resolved_at) throw statusRefusals.incident_already_resolved({ incidentId })
    const entries = [{ at: at.toISOString(), stage, text: text.trim() }, ...incidentOf(row).entries]
    const changed = { entries: JSON.stringify(entries), resolved_at: stage === 'resolved' ? at : null }
    await table(trx).where({ id: incidentId }).update(changed)
    return incidentOf({ ...row, ...changed })
  })
}

/** What the platform recorded of a part is over when the part is back. */
export async function endRecorded(database: Knex, partId: string, at: Date): Promise<void> {
  await table(database)
    .where({ source: 'recorded', parts: JSON.stringify([partId]) })
    .whereNull('resolved_at')
    .update({ resolved_at: at })
}
