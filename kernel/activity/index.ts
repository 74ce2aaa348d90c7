export { activityRecorded, createActivity, type Activity, type ActivityOptions } from './activity.ts'
export type { ActivityKind, ActivityState, NewActivity } from './entry.ts'
export { moveActivity, platformActivity, securityActivity } from './platform-activity.ts'
