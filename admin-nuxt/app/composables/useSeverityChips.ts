/** The filter of lists about alerts: how much one minds. */
export function useSeverityChips() {
  const { t } = useI18n()
  return computed(() => [
    {
      id: 'severity',
      label: t('alerts.severityLabel'),
      options: (['critical', 'warning', 'info'] as const).map((value) => ({
        value,
        label: t(`alerts.severity.${value}`),
      })),
    },
  ])
}
