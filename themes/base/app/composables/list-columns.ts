import { useLocalStorage, useMediaQuery } from '@vueuse/core'
import { computed, ref, type Ref } from 'vue'
import type { ListColumn } from '../ui/parts.ts'

/** What the reader decided about columns, by id; the window decides about the rest. */
export type ColumnChoice = Readonly<Partial<Record<string, boolean>>>

export interface ColumnControl<R> {
  readonly shown: Readonly<Ref<readonly ListColumn<R>[]>>
  readonly isWide: Readonly<Ref<boolean>>
  readonly choice: Readonly<Ref<ColumnChoice>>
  choose(id: string, isShown: boolean): void
  /** What is chosen holds for the view that is open; null goes back to what this device remembers. */
  openView(columns: ColumnChoice | null): void
}

type Width = NonNullable<ListColumn<unknown>['from']>

/** The first column says which row it is and always stays. A card has room for all that was not put away. */
export function shownColumns<R>(
  columns: readonly ListColumn<R>[],
  choice: ColumnChoice,
  fits: (from: Width) => boolean,
): readonly ListColumn<R>[] {
  return columns.filter(({ id, from }, at) => at === 0 || (choice[id] ?? (from === undefined || fits(from))))
}

/** Which columns of a list are shown. With a `name`, what the reader chooses stays on this device. */
export function useListColumns<R>(
  name: string | undefined,
  columns: () => readonly ListColumn<R>[],
): ColumnControl<R> {
  // Read after mounting: the server, which knows no choice, has drawn the page before.
  const remembered: Ref<ColumnChoice> =
    name === undefined ? ref({}) : useLocalStorage(`cambium.list.${name}`, {}, { initOnMounted: true })
  const ofView = ref<ColumnChoice | null>(null)
  const choice = computed(() => ofView.value ?? remembered.value)
  const widths = {
    md: useMediaQuery('(min-width: 48rem)'),
    lg: useMediaQuery('(min-width: 64rem)'),
    xl: useMediaQuery('(min-width: 80rem)'),
  }
  const isWide = useMediaQuery('(min-width: 40rem)')
  return {
    shown: computed(() =>
      shownColumns(columns(), choice.value, (from) => !isWide.value || widths[from].value),
    ),
    isWide,
    choice,
    choose(id, isShown) {
      const next = { ...choice.value, [id]: isShown }
      if (ofView.value) ofView.value = next
      else remembered.value = next
    },
    openView(columns) {
      ofView.value = columns
    },
  }
}
