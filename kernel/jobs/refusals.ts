import { refusals } from '../contract/index.ts'

export const jobsRefusals = refusals('jobs', {
  job_not_found: { status: 404, message: 'There is no job of this name.' },
  run_not_found: { status: 404, message: 'There is no such run; it may be too old to be kept.' },
  run_already_over: { status: 409, message: 'This run is over.' },
  run_not_over: { status: 409, message: 'Only a run that failed or was cancelled can be tried again.' },
  data_too_large: { status: 422, message: 'A run is started with at most 64 kB of data.' },
})
