import type { Ref } from 'vue'

/** Rows carry their key in this attribute, lists that take keys the other. */
const rowSelector = '[data-row]'
const listSelector = '[data-keys]'

/** The list that keys are meant for: the one with the focus, else the first of the page. */
function isMeant(root: HTMLElement): boolean {
  if (document.querySelector('[role="dialog"][data-state="open"], [role="menu"][data-state="open"]'))
    return false
  const focused = document.activeElement?.closest(listSelector)
  return root === (focused ?? document.querySelector(listSelector))
}

export interface ListKeys {
  check(key: string, isRange: boolean): void
  /** Nothing is checked any more. */
  clear(): void
}

/** j and k walk down and up, x checks the row one stands on (with Shift, all up to it), Escape lets all go. */
export function useListKeys(root: Readonly<Ref<HTMLElement | null>>, keys: ListKeys): void {
  function rowsOf(list: HTMLElement): { rows: HTMLElement[]; at: number } {
    const rows = [...list.querySelectorAll<HTMLElement>(rowSelector)]
    return { rows, at: rows.findIndex((row) => row.contains(document.activeElement)) }
  }
  function walk(step: 1 | -1): void {
    if (!root.value || !isMeant(root.value)) return
    const { rows, at } = rowsOf(root.value)
    const from = at < 0 && step < 0 ? rows.length : at
    rows[from + step]?.focus()
  }
  function check(isRange: boolean): void {
    if (!root.value || !isMeant(root.value)) return
    const { rows, at } = rowsOf(root.value)
    const key = rows[at]?.dataset.row
    if (key !== undefined) keys.check(key, isRange)
  }
  defineShortcuts({
    j: () => walk(1),
    k: () => walk(-1),
    x: () => check(false),
    shift_x: () => check(true),
    escape: () => {
      if (root.value && isMeant(root.value)) keys.clear()
    },
  })
}
