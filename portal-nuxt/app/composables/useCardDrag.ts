import type { Ref } from 'vue'

interface Dropped {
  readonly id: string
  readonly column: number
  readonly index: number
}

/** Cards are taken by their grip and dropped in any column, while `isOn`. The library is fetched by who arranges. */
export function useCardDrag(
  root: Ref<HTMLElement | null>,
  isOn: Ref<boolean>,
  drop: (dropped: Dropped) => void,
): void {
  let stops: (() => void)[] = []
  const stop = (): void => {
    for (const one of stops) one()
    stops = []
  }

  async function start(): Promise<void> {
    const { default: Sortable } = await import('sortablejs')
    if (!isOn.value || !root.value) return
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
    const lists = [...root.value.querySelectorAll<HTMLElement>('[data-column]')]
    stops = lists.map((list) => {
      const sortable = Sortable.create(list, {
        group: 'cards',
        handle: '[data-grip]',
        draggable: '[data-card]',
        animation: isStill ? 0 : 150,
        forceFallback: true,
        fallbackTolerance: 4,
        ghostClass: 'opacity-40',
        onEnd({ item, from, to, oldDraggableIndex = 0, newDraggableIndex = 0 }) {
          // What stands where is drawn from the arrangement, so the page's own order is put back first.
          item.remove()
          from.insertBefore(item, from.querySelectorAll(':scope > [data-card]')[oldDraggableIndex] ?? null)
          const id = item.dataset.card
          if (id) drop({ id, column: Number(to.dataset.column), index: newDraggableIndex })
        },
      })
      return () => sortable.destroy()
    })
  }

  watch(isOn, (on) => (on ? void nextTick(start) : stop()))
  onBeforeUnmount(stop)
}
