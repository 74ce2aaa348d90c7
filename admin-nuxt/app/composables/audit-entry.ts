import type { AuditEntry } from '@cambium/kernel/audit/routes'
import type { StatusTone } from '@cambium/ui'

export const auditTones = {
  done: 'good',
  refused: 'warning',
  failed: 'bad',
  unknown: 'neutral',
} as const satisfies Record<AuditEntry['outcome'], StatusTone>

/** The page of the admin that shows what was acted on, where there is one. */
export function auditSubjectPath({
  subjectKind,
  subjectId,
}: Pick<AuditEntry, 'subjectKind' | 'subjectId'>): string | undefined {
  if (subjectId === '') return undefined
  if (subjectKind === 'user') return `/users/${subjectId}`
  if (subjectKind === 'plugin') return `/marketplace/${subjectId}`
  if (subjectKind === 'theme') return `/themes/${subjectId}`
  return undefined
}
