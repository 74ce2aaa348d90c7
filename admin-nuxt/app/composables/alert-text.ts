import type { Alert } from '@cambium/kernel/alerts/routes'
import type { StatusTone } from '@cambium/ui'
import { bytesText } from './bytes-text.ts'

export type AlertSeverity = Alert['severity']

/** A figure with its unit, as short as it reads. */
export function indicatorText(value: number, unit: string, locale: string): string {
  const number = (shown: number): string =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(shown)
  switch (unit) {
    case 'ms':
      return durationText(value)
    case 'ratio':
      return `${number(value * 100)} %`
    case 'bytes':
      return bytesText(value, locale)
    case 'perSecond':
      return `${number(value)} / s`
    case 'seconds':
      return `${number(value)} s`
    default:
      return number(value)
  }
}

export const severityTones: Readonly<Record<AlertSeverity, StatusTone>> = {
  info: 'info',
  warning: 'warning',
  critical: 'bad',
}

/** Reads anew whenever something about alerts has changed, on whatever node. */
export function useAlertChanges(refresh: () => void): void {
  useChannel('alerts.changes:all', { onSnapshot: () => undefined, onMessage: refresh })
}
