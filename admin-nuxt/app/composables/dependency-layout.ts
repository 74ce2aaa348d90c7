export interface DependencyEdge {
  readonly from: string
  readonly to: string
  readonly range: string
  readonly isSatisfied: boolean
}

export interface PlacedPlugin {
  readonly id: string
  readonly x: number
  readonly y: number
}

export interface PlacedEdge extends DependencyEdge {
  /** An SVG path from the right side of who is needed to the left side of who needs it. */
  readonly path: string
}

export interface DependencyLayout {
  readonly plugins: readonly PlacedPlugin[]
  readonly edges: readonly PlacedEdge[]
  readonly width: number
  readonly height: number
}

export const nodeWidth = 168
export const nodeHeight = 44
const gapX = 64
const gapY = 16

/** How many steps of need lie below each plugin: who needs nobody stands first. A circle ends where it closes. */
function levels(ids: readonly string[], edges: readonly DependencyEdge[]): ReadonlyMap<string, number> {
  const known = new Map<string, number>()
  const levelOf = (id: string, above: ReadonlySet<string>): number => {
    const found = known.get(id)
    if (found !== undefined) return found
    const needs = edges.filter(({ from, to }) => from === id && !above.has(to))
    const level = Math.max(-1, ...needs.map(({ to }) => levelOf(to, new Set([...above, id])))) + 1
    known.set(id, level)
    return level
  }
  for (const id of ids) levelOf(id, new Set([id]))
  return known
}

/** Places plugins in columns by need, from left (needed by others) to right (needs others), and the lines between. */
export function dependencyLayout(pluginId: string, edges: readonly DependencyEdge[]): DependencyLayout {
  const ids = [...new Set([pluginId, ...edges.flatMap(({ from, to }) => [from, to])])].sort()
  const levelOf = levels(ids, edges)
  const columns = new Map<number, string[]>()
  for (const id of ids) {
    const level = levelOf.get(id) ?? 0
    columns.set(level, [...(columns.get(level) ?? []), id])
  }
  const rowsMax = Math.max(...[...columns.values()].map((column) => column.length))
  const height = rowsMax * (nodeHeight + gapY) - gapY
  const plugins = [...columns].flatMap(([level, column]) => {
    const top = (height - (column.length * (nodeHeight + gapY) - gapY)) / 2
    return column.map((id, row) => ({
      id,
      x: level * (nodeWidth + gapX),
      y: top + row * (nodeHeight + gapY),
    }))
  })
  const placeOf = new Map(plugins.map((plugin) => [plugin.id, plugin]))
  const lines = edges.flatMap((edge) => {
    const [source, target] = [placeOf.get(edge.to), placeOf.get(edge.from)]
    if (!source || !target) return []
    const [x1, y1] = [source.x + nodeWidth, source.y + nodeHeight / 2]
    const [x2, y2] = [target.x, target.y + nodeHeight / 2]
    return [{ ...edge, path: `M${x1} ${y1}C${x1 + gapX / 2} ${y1} ${x2 - gapX / 2} ${y2} ${x2} ${y2}` }]
  })
  return { plugins, edges: lines, width: columns.size * (nodeWidth + gapX) - gapX, height }
}
