import { InvalidArgumentError, type Command } from 'commander'
import type { ResultOf } from '../contract/index.ts'
import { changeSettings, showSettings } from '../settings/routes.ts'
import { operatorApi } from './operator-api.ts'
import { print, table, type OutputOptions } from './output.ts'

interface Change {
  readonly name: string
  readonly value: unknown
}

/** `cambium plugin settings`: shows them, or changes those that are named and leaves the others as they are. */
export function addSettingsCommand(plugin: Command): void {
  plugin
    .command('settings')
    .argument('<id>', 'plugin id')
    .argument('[changes...]', 'NAME=VALUE; the value is read as JSON, and as text when it is none', addChange)
    .description('Show or change the settings of a plugin')
    .option('--json', 'print JSON')
    .action(async (pluginId: string, changes: readonly Change[], options: OutputOptions) => {
      const api = operatorApi()
      const shown = await api(showSettings, { pluginId })
      const changed =
        changes.length === 0 ? shown : await api(changeSettings, applied(pluginId, shown, changes))
      print(changed, options, readableSettings)
    })
}

function addChange(text: string, before: readonly Change[] = []): readonly Change[] {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError(`"${text}" is not NAME=VALUE.`)
  return [...before, { name: text.slice(0, at), value: valueOf(text.slice(at + 1)) }]
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function applied(
  pluginId: string,
  { schema, values, revision }: ResultOf<typeof showSettings>,
  changes: readonly Change[],
): { pluginId: string; values: Record<string, unknown>; revision: number } {
  const { properties = {} } = schema as { properties?: Record<string, { format?: string }> }
  // A secret that is not named stays as it is by not being sent; what was shown of it is no value.
  const kept = Object.entries(values).filter(([name]) => properties[name]?.format !== 'secret')
  const named = changes.map(({ name, value }) => [name, value] as const)
  return { pluginId, values: Object.fromEntries([...kept, ...named]), revision }
}

function readableSettings({ values, revision }: ResultOf<typeof showSettings>): string {
  const rows = Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)])
  return rows.length === 0
    ? 'It has no settings.'
    : `${table(['NAME', 'VALUE'], rows)}\n\nRevision ${revision}`
}
