import type { InjectionKey } from 'vue'

/** The parts of the kit as the catalogue orders them. Each has a demo in `catalogue/`, `<name>Demo.vue`. */
export const kitGroups = [
  {
    id: 'figures',
    parts: ['CAmountText', 'CPriceText', 'CPercentText', 'CFigure', 'CAmountInput', 'CSparkline'],
  },
  {
    id: 'names',
    parts: [
      'CAssetBadge',
      'CNetworkBadge',
      'CMarketName',
      'CUserName',
      'CStatusBadge',
      'CStaleBadge',
      'CAddress',
      'CCopyText',
      'CQrCode',
    ],
  },
  { id: 'markets', parts: ['COrderBook', 'CTradeList', 'CChart'] },
  { id: 'charts', parts: ['CLineChart', 'CBarChart', 'CDonutChart'] },
  { id: 'lists', parts: ['CList', 'CFilterBar', 'CDataGrid', 'CKeyValue'] },
  { id: 'forms', parts: ['CSchemaForm', 'CConfirm', 'CStepper'] },
  { id: 'states', parts: ['CSkeleton', 'CEmptyState', 'CErrorState', 'CCard', 'CPageHeader'] },
  { id: 'changes', parts: ['CTimeline', 'CDiff', 'CEditConflict'] },
] as const

export const kitParts: readonly string[] = kitGroups.flatMap(({ parts }) => [...parts])

/** Told to the states of a demo: what stands in the source of each. */
export const kitSamplesKey: InjectionKey<Readonly<Partial<Record<string, string>>>> = Symbol('kit samples')
