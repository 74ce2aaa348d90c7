import { Array, Integer, Null, Object, Optional, String, Union, type Static } from 'typebox'
import { id, page, pageOf, route, timestamp } from '../contract/index.ts'
import { maintenanceRefusals } from './refusals.ts'

export { maintenanceRefusals } from './refusals.ts'

const strict = { additionalProperties: false }
const permission = 'maintenance.windows.manage'
const windowId = String({ maxLength: 32, pattern: '^[0-9A-Z]+$' })
const revision = Integer({ minimum: 1, description: 'Of what was read: another one is refused.' })
const content = {
  message: String({ maxLength: 500, description: 'What users read; may be empty.' }),
  beginsAt: Optional(timestamp),
  endsAt: Optional(Union([timestamp, Null()], { description: 'When it is planned to be over.' })),
}

const told = {
  id: windowId,
  scope: String({ description: '`platform`, or the id of a product.' }),
  name: String(),
  message: String(),
  beginsAt: timestamp,
  endsAt: Union([timestamp, Null()]),
}

export const PlannedMaintenance = Object(told)
export type PlannedMaintenance = Static<typeof PlannedMaintenance>

export const MaintenanceWindow = Object({
  ...told,
  endedAt: Union([timestamp, Null()]),
  revision: Integer(),
  changedBy: String(),
  changedAt: timestamp,
})
export type MaintenanceWindow = Static<typeof MaintenanceWindow>

export const listMaintenance = route({
  action: 'maintenance.windows.current',
  rest: 'GET /maintenance',
  summary: 'List maintenance that runs or is planned, the earliest first',
  description: 'It runs from `beginsAt` until it is not in this list any more; `endsAt` is the plan.',
  permission: 'public',
  params: Object({}, strict),
  result: Object({ items: Array(PlannedMaintenance) }),
  errors: [],
})

export const listMaintenanceWindows = route({
  action: 'maintenance.windows.list',
  rest: 'GET /maintenance/windows',
  summary: 'List maintenance windows, newest first',
  permission,
  params: Object({ ...page, scope: Optional(String({ maxLength: 64 })) }, strict),
  result: pageOf(MaintenanceWindow),
  errors: [],
})

export const showMaintenanceWindow = route({
  action: 'maintenance.windows.show',
  rest: 'GET /maintenance/windows/:windowId',
  summary: 'Show a maintenance window',
  permission,
  params: Object({ windowId }, strict),
  result: MaintenanceWindow,
  errors: [maintenanceRefusals.window_not_found.code],
})

export const planMaintenance = route({
  action: 'maintenance.windows.plan',
  rest: 'POST /maintenance/windows',
  summary: 'Begin or plan maintenance of a product or the platform',
  description: 'Begins now unless it says when. Users are told before it begins; operators go in and out.',
  permission,
  params: Object({ scope: id, ...content }, strict),
  result: MaintenanceWindow,
  errors: [
    maintenanceRefusals.scope_not_found.code,
    maintenanceRefusals.window_already_open.code,
    maintenanceRefusals.must_end_after_it_begins.code,
  ],
})

export const changeMaintenance = route({
  action: 'maintenance.windows.change',
  rest: 'PUT /maintenance/windows/:windowId',
  summary: 'Change when maintenance is and what users read',
  permission,
  params: Object({ windowId, ...content, revision }, strict),
  result: MaintenanceWindow,
  errors: [
    maintenanceRefusals.window_not_found.code,
    maintenanceRefusals.window_already_ended.code,
    maintenanceRefusals.changed_meanwhile.code,
    maintenanceRefusals.must_end_after_it_begins.code,
  ],
})

export const endMaintenance = route({
  action: 'maintenance.windows.end',
  rest: 'POST /maintenance/windows/:windowId/end',
  summary: 'End maintenance, or call it off',
  permission,
  shownBy: 'maintenance.windows.show',
  params: Object({ windowId, revision }, strict),
  result: MaintenanceWindow,
  errors: [
    maintenanceRefusals.window_not_found.code,
    maintenanceRefusals.window_already_ended.code,
    maintenanceRefusals.changed_meanwhile.code,
  ],
})
