export interface ChartColors {
  readonly text: string
  readonly grid: string
  readonly up: string
  readonly down: string
  readonly upFaint: string
  readonly downFaint: string
  readonly surface: string
  readonly crosshair: string
}

// The chart library parses neither oklch() nor variables, so a pixel is painted with the colour and read back.
function rgba(color: string, context: CanvasRenderingContext2D, alpha = 1): string {
  context.clearRect(0, 0, 1, 1)
  context.fillStyle = color
  context.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0, opacity = 255] = context.getImageData(0, 0, 1, 1).data
  return `rgba(${red}, ${green}, ${blue}, ${((opacity / 255) * alpha).toFixed(3)})`
}

/** The theme's colours as they are at `element` now, in a form a canvas library understands. Browser only. */
export function readChartColors(element: HTMLElement): ChartColors {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 1
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const style = getComputedStyle(element)
  const token = (name: string, alpha?: number): string => {
    const value = style.getPropertyValue(name).trim()
    return context && value ? rgba(value, context, alpha) : 'rgba(128, 128, 128, 1)'
  }
  return {
    text: token('--ui-text-muted'),
    grid: token('--ui-border-muted', 0.6),
    up: token('--up'),
    down: token('--down'),
    upFaint: token('--up', 0.35),
    downFaint: token('--down', 0.35),
    surface: token('--ui-bg'),
    crosshair: token('--ui-text-dimmed'),
  }
}
