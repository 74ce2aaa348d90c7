import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ThemeTokens } from '../../kernel/themes/theme.ts'
import { root } from './sources.ts'

interface TokenSchema {
  readonly title?: string
  readonly description?: string
  readonly type?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, TokenSchema>>
}

export const tokensPage = 'docs/themes/README.md'
const [begin, end] = ['<!-- tokens: node test/tidy/theme-tokens.ts -->', '<!-- /tokens -->']

function valuesOf(schema: TokenSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ')
  if (schema.minimum !== undefined) return `${schema.minimum} to ${schema.maximum}`
  if (schema.type === 'array') return 'six colours'
  return schema.description?.includes('`Inter`') ? 'name of a font' : '`#rrggbb`'
}

function rowsOf(name: string, schema: TokenSchema): readonly string[] {
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([member, inner]) => rowsOf(`${name}.${member}`, inner))
  }
  return [`| \`${name}\` | ${valuesOf(schema)} | ${schema.description ?? ''} |`]
}

/** The page with its table as the schema has it; both modes have the same tokens, so one stands for both. */
export function describedTokens(): string {
  const { dark: _, light, ...rest } = ThemeTokens.properties as unknown as Record<string, TokenSchema>
  const rows = [
    ...rowsOf('light', light as TokenSchema),
    ...Object.entries(rest).flatMap(([name, schema]) => rowsOf(name, schema)),
  ]
  const table = ['| token | values | what it is |', '| --- | --- | --- |', ...rows].join('\n')
  const text = readFileSync(path.join(root, tokensPage), 'utf8')
  const [before = '', after = ''] = [text.split(begin)[0], text.split(end)[1]]
  return `${before}${begin}\n\n${table}\n\n${end}${after}`
}

if (process.argv[1] === import.meta.filename) writeFileSync(path.join(root, tokensPage), describedTokens())
