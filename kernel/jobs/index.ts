export type { JobHandler, JobRun, StartedRun, StartRun } from './job.ts'
