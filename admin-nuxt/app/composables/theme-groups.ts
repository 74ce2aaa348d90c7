import { ThemeTokens, type Mode } from '@cambium/kernel/theme'

/** One value an operator can change, as its schema describes it. */
export interface TokenField {
  readonly path: string
  readonly title: string
  readonly description: string
  readonly kind: 'color' | 'number' | 'choice' | 'font'
  readonly minimum?: number
  readonly maximum?: number
  readonly step?: number
  readonly choices?: readonly string[]
}

export interface TokenGroup {
  readonly id: string
  readonly fields: readonly TokenField[]
}

interface FieldSchema {
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
}

const colorGroups = {
  surfaces: ['canvas', 'canvasMuted', 'canvasRaised', 'canvasAccented', 'lineMuted', 'line', 'lineAccented'],
  text: ['text', 'textToned', 'textMuted', 'textDimmed'],
  actions: ['accent', 'success', 'error', 'warning', 'info'],
  prices: ['up', 'down', 'upDistinct', 'downDistinct'],
} as const

function fieldOf(path: string, schema: FieldSchema): TokenField {
  const { title = path, description = '', minimum, maximum } = schema
  const about = { path, title, description }
  if (schema.enum) return { ...about, kind: 'choice', choices: schema.enum }
  if (schema.type === 'string') return { ...about, kind: schema.pattern?.startsWith('^#') ? 'color' : 'font' }
  const isFine = schema.type === 'number'
  return {
    ...about,
    kind: 'number',
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    step: isFine ? 0.005 : path === 'type.headingWeight' ? 100 : path === 'space.container' ? 20 : 1,
  }
}

const { light, type, space, radius, elevation, motion } = ThemeTokens.properties

/** Colours of one mode, in the order they matter. */
export function colorFields(mode: Mode): readonly TokenGroup[] {
  const palette = light.properties as unknown as Record<string, FieldSchema>
  const series = light.properties.chart.items as FieldSchema
  return [
    ...Object.entries(colorGroups).map(([id, names]) => ({
      id,
      fields: names.map((name) => fieldOf(`${mode}.${name}`, palette[name] ?? {})),
    })),
    {
      id: 'charts',
      fields: [0, 1, 2, 3, 4, 5].map((index) => ({
        ...fieldOf(`${mode}.chart.${index}`, series),
        title: `${series.title} ${index + 1}`,
      })),
    },
  ]
}

function group(id: string, properties: object): TokenGroup {
  const fields = Object.entries(properties).map(([name, schema]) =>
    fieldOf(`${id}.${name}`, schema as FieldSchema),
  )
  return { id, fields }
}

/** Everything that is the same in both modes. */
export const shapeFields: readonly TokenGroup[] = [
  group('type', type.properties),
  group('radius', radius.properties),
  { id: 'space', fields: [...group('space', space.properties).fields, fieldOf('elevation', elevation)] },
  group('motion', motion.properties),
]

/** What a path is called, for histories and summaries: `Accent, dark`. */
export function fieldTitle(path: string): string | undefined {
  const all = [...colorFields('light'), ...colorFields('dark'), ...shapeFields]
  return all.flatMap(({ fields }) => fields).find((field) => field.path === path)?.title
}
