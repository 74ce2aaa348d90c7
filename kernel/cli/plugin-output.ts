import type { Operation } from '../plugins/routes.ts'
import { print, table, type OutputOptions } from './output.ts'

interface TimedLine {
  readonly name: string
  readonly ms: number
}

/** Steps that ended well, each with what it took. */
export function readableSteps(steps: readonly TimedLine[]): string {
  return table(
    ['STEP', 'TIME '],
    steps.map(({ name, ms }) => [name, duration(ms)]),
  )
}

/** A title with lines below it; nothing at all where there are no lines. */
export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`\n${title}`, ...lines.map((line) => `  ${line}`)]
}

/** Prints an operation, and makes a failed one the command's exit code. */
export function printOperation(operation: Operation, options: OutputOptions): void {
  print(operation, options, readableOperation)
  if (operation.state === 'failed') process.exitCode = 1
}

const pastOf: Readonly<Record<Operation['action'], string>> = {
  enable: 'enabled',
  disable: 'disabled',
  reload: 'reloaded',
  start: 'started',
  upgrade: 'upgraded',
  rollback: 'rolled back',
  isolate: 'moved to another tier',
  quarantine: 'taken out of service',
  uninstall: 'uninstalled',
}

export function readableOperation(operation: Operation): string {
  const { pluginId, action, version, fromVersion, reason, exportId } = operation
  const steps = operation.steps.map(({ name, state, ms, detail }) => [
    name,
    state,
    ms === null ? '' : duration(ms),
    detail ?? '',
  ])
  const outcome = operation.state === 'done' ? pastOf[action] : `${action} failed`
  const versions = [fromVersion, version].filter((one) => one !== null).join(' → ')
  return [
    table(['STEP', 'STATE', 'TIME ', 'DETAIL'], steps),
    '',
    [pluginId, versions, outcome].filter(Boolean).join(' '),
    ...(reason ? [reason] : []),
    ...(exportId ? [`Its data: /api/plugins/${pluginId}/exports/${exportId}`] : []),
  ].join('\n')
}

export function duration(ms: number): string {
  return `${ms.toFixed(1)} ms`
}

export function byteSize(bytes: number): string {
  return bytes < 10_000 ? `${bytes} B` : `${Math.round(bytes / 1000)} kB`
}
