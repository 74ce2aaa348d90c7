import type { Job, Run } from '@cambium/kernel/jobs/routes'

export const runTones = {
  waiting: 'neutral',
  running: 'busy',
  done: 'good',
  failed: 'bad',
  canceled: 'warning',
} as const satisfies Readonly<Record<Run['state'], string>>

/** Where a job's page is: a dot in an address would be taken for the name of a file. */
export function jobPath(name: string): string {
  return `/jobs/${name.replaceAll('.', '/')}`
}

export function jobName(params: string | readonly string[]): string {
  return typeof params === 'string' ? params : params.join('.')
}

/** When a job runs, in a phrase. */
export function useScheduleText(): (job: Pick<Job, 'everyMs' | 'cron'>) => string {
  const { t } = useI18n()
  return ({ everyMs, cron }) => {
    if (everyMs !== null) return t('jobs.every', { duration: durationText(everyMs) })
    return cron === null ? t('jobs.onDemand') : t('jobs.cron', { cron })
  }
}

/** How long a run took; null while it has not ended. */
export function runMs({ startedAt, finishedAt }: Run): number | null {
  return startedAt === null || finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt)
}
