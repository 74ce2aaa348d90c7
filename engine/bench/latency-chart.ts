/** Draws waits by offered load as an SVG that is legible on light and dark pages. */
import type { LoadPoint, Percentiles } from './durable.ts'

const WIDTH = 760
const HEIGHT = 420
const LEFT = 64
const RIGHT = 96
const TOP = 48
const BOTTOM = 56
const MS_MIN = 0.05

const lines = [
  { key: 'p50', label: 'p50' },
  { key: 'p90', label: 'p90' },
  { key: 'p99', label: 'p99' },
  { key: 'p999', label: 'p99.9' },
] as const

const style = `
  text { font: 13px system-ui, sans-serif; fill: #1f2933 }
  .title { font-weight: 600; font-size: 15px }
  .minor { fill: #616e7c }
  .grid { stroke: #d5dbe1; stroke-width: 1 }
  .disk { stroke: #7b8794; stroke-width: 1.5; stroke-dasharray: 5 4 }
  path { fill: none; stroke-width: 2.5; stroke-linejoin: round }
  .p50 { stroke: #1565c0; fill: #1565c0 } .p90 { stroke: #00796b; fill: #00796b }
  .p99 { stroke: #b45309; fill: #b45309 } .p999 { stroke: #b91c1c; fill: #b91c1c }
  path.p50, path.p90, path.p99, path.p999 { fill: none }
  text.p50, text.p90, text.p99, text.p999 { stroke: none; font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e4e7eb } .minor { fill: #9aa5b1 } .grid { stroke: #3e4c59 } .disk { stroke: #9aa5b1 }
    .p50 { stroke: #64b5f6; fill: #64b5f6 } .p90 { stroke: #4db6ac; fill: #4db6ac }
    .p99 { stroke: #fbbf24; fill: #fbbf24 } .p999 { stroke: #f87171; fill: #f87171 }
  }`

function rateText(perSecond: number): string {
  return perSecond >= 1e6 ? `${perSecond / 1e6} M` : `${perSecond / 1000} k`
}

/** Both axes are logarithmic: load and waits both span orders of magnitude. */
class Axes {
  readonly #rateMin: number
  readonly #rateMax: number
  readonly msMax: number

  constructor(points: readonly LoadPoint[]) {
    this.#rateMin = Math.min(...points.map(({ perSecond }) => perSecond))
    this.#rateMax = Math.max(...points.map(({ perSecond }) => perSecond))
    this.msMax = 10 ** Math.ceil(Math.log10(Math.max(...points.map(({ p999 }) => p999))))
  }

  x(perSecond: number): number {
    const share = Math.log(perSecond / this.#rateMin) / Math.log(this.#rateMax / this.#rateMin)
    return Math.round((LEFT + share * (WIDTH - LEFT - RIGHT)) * 10) / 10
  }

  y(ms: number): number {
    const share = Math.log(Math.max(ms, MS_MIN) / MS_MIN) / Math.log(this.msMax / MS_MIN)
    return Math.round((HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)) * 10) / 10
  }
}

function horizontal(y: number, name: string): string {
  return `<line class="${name}" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>`
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x}" y="${y}" ${attributes}>${content}</text>`
}

function drawGrid(axes: Axes, points: readonly LoadPoint[]): string[] {
  const ticks = [0.1, 1, 10, 100, 1000].filter((ms) => ms <= axes.msMax)
  const right = 'text-anchor="end" class="minor"'
  const middle = 'text-anchor="middle" class="minor"'
  return [
    ...ticks.map((ms) => horizontal(axes.y(ms), 'grid') + text(LEFT - 8, axes.y(ms) + 4, `${ms} ms`, right)),
    ...points.map(({ perSecond }) =>
      text(axes.x(perSecond), HEIGHT - BOTTOM + 20, rateText(perSecond), middle),
    ),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, 'commands offered a second', middle),
  ]
}

function drawLines(axes: Axes, points: readonly LoadPoint[]): string[] {
  let below = Number.POSITIVE_INFINITY
  return lines.map(({ key, label }) => {
    const steps = points.map(
      (point, n) => `${n === 0 ? 'M' : 'L'}${axes.x(point.perSecond)} ${axes.y(point[key])}`,
    )
    const last = points.at(-1)!
    // Labels of lines that end together are moved apart.
    below = Math.min(axes.y(last[key]), below - 16)
    const dots = points.map(
      (point) => `<circle class="${key}" cx="${axes.x(point.perSecond)}" cy="${axes.y(point[key])}" r="3"/>`,
    )
    return `<path class="${key}" d="${steps.join(' ')}"/>${dots.join('')}${text(WIDTH - RIGHT + 12, below + 4, label, `class="${key}"`)}`
  })
}

export function drawLatency(points: readonly LoadPoint[], disk: Percentiles): string {
  const axes = new Axes(points)
  const disks = (
    [
      ['p50', disk.p50],
      ['p99', disk.p99],
    ] as const
  ).map(
    ([share, ms]) =>
      horizontal(axes.y(ms), 'disk') +
      text(LEFT + 6, axes.y(ms) - 5, `the disk’s sync, ${share}`, 'class="minor"'),
  )
  const described = points.map(
    ({ perSecond, p50, p99 }) => `${rateText(perSecond)}: p50 ${p50} ms, p99 ${p99} ms`,
  )
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title description">`
  return [
    head,
    '<title id="title">Wait for a durable answer by offered load</title>',
    `<desc id="description">${described.join('; ')}</desc>`,
    `<style>${style}</style>`,
    text(LEFT, 24, 'From when a command was due until its durable answer', 'class="title"'),
    ...drawGrid(axes, points),
    ...disks,
    ...drawLines(axes, points),
    '</svg>',
    '',
  ].join('\n')
}
