import type { PartState, StatusPart } from './routes.ts'
import type { DayRow, PartRow } from './status-table.ts'

/** Shorter than that does not colour a day: a restart is no outage. */
const LASTING_MS = 60_000
const order = ['platform', 'accounts', 'trading']
const severity: readonly PartState[] = ['operational', 'maintenance', 'degraded', 'down']

export function worstOf(states: readonly PartState[]): PartState {
  return severity[Math.max(0, ...states.map((state) => severity.indexOf(state)))] ?? 'operational'
}

function stateOf(row: DayRow | undefined): PartState | null {
  if (!row) return null
  if (Number(row.down_ms) >= LASTING_MS) return 'down'
  if (Number(row.degraded_ms) >= LASTING_MS) return 'degraded'
  return Number(row.maintenance_ms) >= LASTING_MS ? 'maintenance' : 'operational'
}

function uptimeOf(days: readonly DayRow[]): number | null {
  const sum = (of: (row: DayRow) => number): number => days.reduce((total, row) => total + Number(of(row)), 0)
  const up = sum((row) => row.operational_ms) + sum((row) => row.degraded_ms)
  const looked = up + sum((row) => row.down_ms)
  return looked === 0 ? null : Math.floor((up / looked) * 1_000_000)
}

/** The platform's own parts first, then products by name. */
export function shownParts(
  rows: readonly PartRow[],
  days: readonly DayRow[],
  listed: readonly string[],
): StatusPart[] {
  const sorted = rows.toSorted((left, right) => {
    const [a, b] = [order.indexOf(left.part_id), order.indexOf(right.part_id)]
    if (a >= 0 && b >= 0) return a - b
    if (a >= 0 || b >= 0) return a >= 0 ? -1 : 1
    return left.name.localeCompare(right.name)
  })
  return sorted.map(({ part_id: id, name, state, since }) => {
    const own = days.filter((row) => row.part_id === id)
    const byDay = new Map(own.map((row) => [row.day, row]))
    return {
      id,
      name: name === '' ? null : name,
      state,
      since: since.toISOString(),
      uptimePpm: uptimeOf(own),
      days: listed.map((day) => {
        const row = byDay.get(day)
        return {
          day,
          state: stateOf(row),
          downMs: Number(row?.down_ms ?? 0),
          degradedMs: Number(row?.degraded_ms ?? 0),
        }
      }),
    }
  })
}
