import type { Knex } from 'knex'
import type { Grants } from './manifest.ts'
import type { GrantItem, GrantsDifference } from './routes.ts'

export interface Approval {
  readonly version: string
  readonly grants: readonly GrantItem[]
  readonly approvedBy: string
  readonly approvedAt: Date
}

/** What the operator let each plugin have. */
export interface Approvals {
  /** The latest of the plugin. */
  last(pluginId: string): Promise<Approval | undefined>
  /** Of one version: it may go back to what it was given before. */
  of(pluginId: string, version: string): Promise<Approval | undefined>
  approve(pluginId: string, approval: Omit<Approval, 'approvedAt'>): Promise<void>
  forget(pluginId: string): Promise<void>
}

interface GrantsRow {
  plugin_id: string
  version: string
  grants: string
  approved_by: string
  approved_at: Date
}

export function createApprovals(database: Knex): Approvals {
  const rows = () => database<GrantsRow>('plugins_grants')
  return {
    last: async (pluginId) => {
      const row = await rows().where({ plugin_id: pluginId }).orderBy('approved_at', 'desc').first()
      return row && fromRow(row)
    },
    of: async (pluginId, version) => {
      const row = await rows().where({ plugin_id: pluginId, version }).first()
      return row && fromRow(row)
    },
    approve: async (pluginId, { version, grants, approvedBy }) => {
      const row = { grants: JSON.stringify(grants), approved_by: approvedBy, approved_at: new Date() }
      await rows()
        .insert({ plugin_id: pluginId, version, ...row })
        .onConflict(['plugin_id', 'version'])
        .merge(row)
    },
    forget: async (pluginId) => void (await rows().where({ plugin_id: pluginId }).delete()),
  }
}

function fromRow(row: GrantsRow): Approval {
  const grants = JSON.parse(row.grants) as GrantItem[]
  return { version: row.version, grants, approvedBy: row.approved_by, approvedAt: row.approved_at }
}

/** Everything a manifest asks for, one by one; what is not asked for is not in it. */
export function grantItems(grants: Grants = {}): readonly GrantItem[] {
  return Object.entries(grants).flatMap(([grant, asked]: [string, unknown]): GrantItem[] => {
    if (Array.isArray(asked)) return asked.map((value) => ({ grant, value: String(value) }))
    return asked === true ? [{ grant, value: null }] : []
  })
}

/** What `asked` has beside `approved`, and what it no longer asks for. */
export function grantsDifference(
  asked: readonly GrantItem[],
  approved: readonly GrantItem[],
): GrantsDifference {
  const without = (items: readonly GrantItem[], others: readonly GrantItem[]): GrantItem[] =>
    items.filter(
      ({ grant, value }) => !others.some((other) => other.grant === grant && other.value === value),
    )
  return { added: without(asked, approved), removed: without(approved, asked) }
}
