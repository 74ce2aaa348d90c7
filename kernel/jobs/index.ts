export type { JobHandler, JobRun, StartedRun, StartRun } from './job.ts'
export { createJobs, type JobPublication, type Jobs, type JobsOptions } from './jobs.ts'
export { backoffMs } from './schedule.ts'
export type { AroundRun } from './running.ts'
