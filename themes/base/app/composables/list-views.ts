import { changeView, createView, listViews, removeView, type View } from '@cambium/kernel/views/routes'
import { computed, onMounted, shallowRef, type ComputedRef, type Ref } from 'vue'
import type { ListView } from '../ui/parts.ts'
import type { ColumnChoice } from './list-columns.ts'
import { useApi } from './useApi.ts'
import { useChannel } from './useChannel.ts'

export type ListQuery = Readonly<Partial<Record<string, string>>>

/** What a view keeps of the list as it is. */
export interface ListState {
  readonly query: ListQuery
  readonly columns: ColumnChoice
}

/** One tab above a list. */
export interface ListTab {
  readonly id: string
  readonly label: string
  readonly query: ListQuery
  /** Kept by the reader, who can change it. */
  readonly view?: View
}

function isSame(left: Readonly<Record<string, unknown>>, right: Readonly<Record<string, unknown>>): boolean {
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...names].every((name) => (left[name] ?? '') === (right[name] ?? ''))
}

/** The tab that is on: the one the address names, else the one that asks for the same, else the first. */
export function activeTab(
  tabs: readonly ListTab[],
  named: string | undefined,
  query: ListQuery,
): ListTab | undefined {
  const byName = named === undefined ? undefined : tabs.find(({ id }) => id === named)
  return byName ?? tabs.find((tab) => isSame(tab.query, query)) ?? tabs[0]
}

/** Whether the list is not any more as its tab had it. */
export function isChangedFrom({ query, view }: ListTab, state: ListState): boolean {
  return !isSame(query, state.query) || (view !== undefined && !isSame(view.columns, state.columns))
}

export interface ViewControl {
  readonly tabs: ComputedRef<readonly ListTab[]>
  /** Null until they were read: a list is shown meanwhile. */
  readonly views: Readonly<Ref<readonly View[] | null>>
  create(name: string, state: ListState): Promise<View>
  change(view: View, changes: Partial<ListState> & { readonly name?: string }): Promise<void>
  remove(view: View): Promise<void>
}

function filled(query: ListQuery): Record<string, string> {
  return Object.fromEntries(Object.entries(query).flatMap(([name, text]) => (text ? [[name, text]] : [])))
}
function chosen(columns: ColumnChoice): Record<string, boolean> {
  return Object.fromEntries(
    Object.entries(columns).flatMap(([id, isShown]) => (isShown === undefined ? [] : [[id, isShown]])),
  )
}

/** The tabs of a list: `all`, those it came with, and the reader's own, live from their other pages. */
export function useListViews(
  listId: string,
  own: () => readonly ListView[],
  allLabel: () => string,
): ViewControl {
  const api = useApi()
  const views = shallowRef<readonly View[] | null>(null)
  useChannel<null, { readonly listId: string; readonly items: readonly View[] }>('views.lists:me', {
    onSnapshot: () => undefined,
    onMessage: (message) => {
      if (message.listId === listId) views.value = message.items
    },
  })
  onMounted(async () => {
    // Without an answer the list stands there without its tabs, which a reader can do without.
    views.value = await api(listViews, { listId }).then(
      ({ items }) => items,
      () => null,
    )
  })
  function put(view: View): void {
    const others = (views.value ?? []).filter(({ id }) => id !== view.id)
    views.value = [...others, view].toSorted((left, right) => left.id.localeCompare(right.id))
  }
  return {
    views,
    tabs: computed(() => [
      { id: 'all', label: allLabel(), query: {} },
      ...own(),
      ...(views.value ?? []).map((view) => ({
        id: view.id,
        label: view.name,
        query: view.query as ListQuery,
        view,
      })),
    ]),
    async create(name, { query, columns }) {
      const content = { name, query: filled(query), columns: chosen(columns) }
      const view = await api(createView, { listId, ...content })
      put(view)
      return view
    },
    async change(view, { name = view.name, query = view.query, columns = view.columns }) {
      const content = { name, query: filled(query), columns: chosen(columns) }
      put(await api(changeView, { listId, viewId: view.id, ...content }))
    },
    async remove(view) {
      views.value = (await api(removeView, { listId, viewId: view.id })).items
    },
  }
}
