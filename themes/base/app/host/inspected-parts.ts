/** What the slot inspector draws: where a slot or a plugin's part is on the screen, and how it is called. */
export interface InspectedPart {
  readonly key: string
  readonly label: string
  /** Empty for a page, which fills no slot. */
  readonly slotId: string
  /** Empty where a slot has nothing in it. */
  readonly pluginId: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Slots leave a mark without a size in development; an empty one is drawn where its mark stands. */
const EMPTY_HEIGHT_PX = 28

export function inspectedParts(root: Document): readonly InspectedPart[] {
  const filled = [...root.querySelectorAll<HTMLElement>('[data-plugin]')].map((element, index) => {
    const { plugin: pluginId = '', pluginSlot: slotId = '', contribution = '' } = element.dataset
    const { x, y, width, height } = element.getBoundingClientRect()
    const label = [slotId, `${pluginId}/${contribution}`].filter(Boolean).join(' · ')
    return { key: `${index} ${label}`, label, slotId, pluginId, x, y, width, height }
  })
  const taken = new Set(filled.map(({ slotId }) => slotId))
  const empty = [...root.querySelectorAll<HTMLElement>('[data-slot-mark]')].flatMap((mark) => {
    const slotId = mark.dataset.slotMark ?? ''
    const place = mark.parentElement?.getBoundingClientRect()
    if (taken.has(slotId) || !place) return []
    const { x, bottom, width } = place
    const box = { x, y: bottom - EMPTY_HEIGHT_PX, width, height: EMPTY_HEIGHT_PX }
    return [{ key: slotId, label: slotId, slotId, pluginId: '', ...box }]
  })
  return [...filled, ...empty].filter(({ width }) => width > 0)
}
