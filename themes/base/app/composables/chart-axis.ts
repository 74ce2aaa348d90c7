/** A value axis: round numbers from `min` to `max`, as decimals for their labels. Floats place pixels, nothing else. */
export interface ChartAxis {
  readonly min: number
  readonly max: number
  readonly ticks: readonly { readonly value: number; readonly text: string }[]
}

const roundSteps = [1, 2, 2.5, 5, 10] as const

/** The smallest round step of which `count` reach over the range. */
function stepFor(range: number, count: number): { readonly step: number; readonly decimals: number } {
  const rough = range / count
  const power = Math.floor(Math.log10(rough))
  const factor = roundSteps.find((one) => one * 10 ** power >= rough * 0.999_999) ?? 10
  const isFine = factor === 2.5
  return { step: factor * 10 ** power, decimals: Math.max(0, -power + (isFine ? 1 : 0)) }
}

export interface AxisOptions {
  /** Bars and areas stand on zero; a line may show where it moves. */
  readonly isFromZero?: boolean
  readonly steps?: number
}

/** An axis that no value leaves. Without values it goes from zero to one. */
export function chartAxis(values: readonly (string | null)[], options: AxisOptions = {}): ChartAxis {
  const { isFromZero = false, steps = 3 } = options
  const known = values.flatMap((value) => (value === null ? [] : [Number(value)]))
  if (isFromZero || known.length === 0) known.push(0)
  let lowest = Math.min(...known)
  let highest = Math.max(...known)
  if (lowest === highest) {
    // A flat line stands in the middle of its field; zeros alone stand on the floor.
    const room = lowest === 0 ? 1 : Math.abs(lowest) * 0.01
    lowest = isFromZero || lowest === 0 ? Math.min(0, lowest) : lowest - room
    highest = isFromZero && highest > 0 ? highest : highest + room
  }
  const { step, decimals } = stepFor(highest - lowest, steps)
  const from = Math.floor(lowest / step + 1e-9)
  const to = Math.ceil(highest / step - 1e-9)
  const ticks = Array.from({ length: to - from + 1 }, (_, index) => {
    const value = (from + index) * step
    return { value, text: value.toFixed(decimals) }
  })
  return { min: from * step, max: to * step, ticks }
}

/** How high a value stands, in percent of the axis. */
export function heightOf(value: string | number, { min, max }: ChartAxis): number {
  return ((Number(value) - min) / (max - min)) * 100
}

/** What is not zero is always seen: a bar is at least one percent long. */
export function barOf(value: string, axis: ChartAxis): { readonly bottom: number; readonly height: number } {
  const [zero, end] = [heightOf(0, axis), heightOf(value, axis)]
  const height = end === zero ? 0 : Math.max(Math.abs(end - zero), 1)
  return { bottom: end < zero ? zero - height : zero, height }
}

/** The line through a field 100 by 100, interrupted where nothing is known. */
export function linePath(heights: readonly (number | null)[]): string {
  const stepX = 100 / Math.max(heights.length - 1, 1)
  return heights
    .map((height, index) => {
      if (height === null) return ''
      const isStart = index === 0 || (heights[index - 1] ?? null) === null
      return `${isStart ? 'M' : 'L'}${(index * stepX).toFixed(2)} ${(100 - height).toFixed(2)}`
    })
    .join('')
}

/** The same closed along the bottom, one piece for each stretch of the line. */
export function areaPath(heights: readonly (number | null)[]): string {
  const stepX = 100 / Math.max(heights.length - 1, 1)
  const pieces: string[] = []
  let start: number | null = null
  for (let index = 0; index <= heights.length; index += 1) {
    if ((heights[index] ?? null) !== null) {
      start ??= index
      continue
    }
    if (start === null) continue
    const piece = heights.map((height, at) => (at >= (start ?? 0) && at < index ? height : null))
    pieces.push(
      `${linePath(piece)}L${((index - 1) * stepX).toFixed(2)} 100L${(start * stepX).toFixed(2)} 100Z`,
    )
    start = null
  }
  return pieces.join('')
}

/** Moves labels apart, in percent from above, so that each has room and none leaves the field. */
export function spreadLabels(tops: readonly number[], room: number): readonly number[] {
  const order = tops.map((top, index) => ({ top, index })).toSorted((left, right) => left.top - right.top)
  let next = 0
  for (const label of order) {
    label.top = Math.max(label.top, next)
    next = label.top + room
  }
  let limit = 100
  for (const label of order.toReversed()) {
    label.top = Math.max(0, Math.min(label.top, limit))
    limit = label.top - room
  }
  return order.toSorted((left, right) => left.index - right.index).map(({ top }) => top)
}

/** Which points of the time axis are named: first and last, and what fits between. */
export function namedPoints(count: number, marks: number): readonly number[] {
  if (count === 0) return []
  const last = count - 1
  const steps = Math.min(marks - 1, last)
  if (steps <= 0) return [0]
  return [...new Set(Array.from({ length: steps + 1 }, (_, at) => Math.round((at * last) / steps)))]
}
