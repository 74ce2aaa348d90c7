import { listActivity, type ActivityEntry } from '@cambium/kernel/activity/routes'

const ROWS_MAX = 20_000
const PAGE_ROWS = 500

/** A cell for spreadsheets: quoted where it must be, and never taken for a formula. */
export function csvCell(text: string): string {
  const harmless = /^[=+@\t\r]|^-(?!\d)/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** Everything the filters let through, as a file in the reader's own words. */
export function useActivityExport() {
  const api = useApi()
  const { t } = useI18n()
  const text = useActivityText()
  const productName = useProductNames()

  function line(entry: ActivityEntry): string {
    const { at, owner, amount, data, assetId, state, id } = entry
    const moved = amount ?? data.amount?.toString() ?? ''
    const cells = [
      at,
      productName(owner),
      text(entry),
      moved,
      assetId ?? '',
      t(`activity.states.${state}`),
      id,
    ]
    return cells.map(csvCell).join(',')
  }

  return async (filters: ActivityFilters): Promise<number> => {
    const names = ['time', 'product', 'what', 'amount', 'asset', 'state', 'id'] as const
    const head = names.map((name) =>
      csvCell(name === 'asset' ? t('activity.asset') : t(`activity.facts.${name}`)),
    )
    const lines = [head.join(',')]
    const query = activityQuery(filters, Date.now())
    let cursor: string | undefined
    do {
      const page = await api(listActivity, { limit: PAGE_ROWS, ...query, ...(cursor ? { cursor } : {}) })
      lines.push(...page.items.map(line))
      cursor = page.nextCursor
    } while (cursor !== undefined && lines.length < ROWS_MAX)
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([`${lines.join('\r\n')}\r\n`], { type: 'text/csv' }))
    link.download = 'cambium-activity.csv'
    link.click()
    URL.revokeObjectURL(link.href)
    return lines.length - 1
  }
}
