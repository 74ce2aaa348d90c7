import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root, sources } from './sources.ts'

/** One place in a page, as its template has it. */
export interface SlotPlace {
  /** `portal.dashboard@1` */
  readonly name: string
  readonly file: string
  /** Names of what a contribution is told. */
  readonly context: readonly string[]
}

export const slotsPage = 'docs/plugins/slots.md'
const [begin, end] = ['<!-- slots: node test/tidy/slot-catalogue.ts -->', '<!-- /slots -->']

/** Every `<CSlot name="…">` of the frontends and of plugins, by name. */
export function slotPlaces(): readonly SlotPlace[] {
  return sources(/^(portal-nuxt|admin-nuxt|themes\/\w+|plugins\/[\w-]+)\/.*\.vue$/)
    .flatMap(({ file, text }) =>
      [...text.matchAll(/<CSlot\s([^>]*?)\/?>/g)].map(([, attributes = '']) => ({
        name: /(?:^|\s)name="([^"]+)"/.exec(attributes)?.[1] ?? '',
        file,
        context: contextOf(/:context="\{([^"]*)\}"/.exec(attributes)?.[1] ?? ''),
      })),
    )
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
}

function contextOf(members: string): readonly string[] {
  return members
    .split(',')
    .map((member) => member.split(':')[0]?.trim() ?? '')
    .filter((name) => name !== '')
}

/** Slots that a manifest fills, with the file that does. */
export function filledSlots(): readonly { readonly name: string; readonly file: string }[] {
  return sources(/^plugins\/[\w-]+\/(plugin|ui)\.ts$/).flatMap(({ file, text }) =>
    [...text.matchAll(/slot: '([^']+)'/g)].map((match) => ({ name: match[1] ?? '', file })),
  )
}

/** The table of the page as it should be. */
function slotTable(): string {
  const filled = filledSlots()
  const rows = slotPlaces().map(({ name, file, context }) => {
    const fillers = filled.filter((slot) => slot.name === name).map((slot) => slot.file.split('/')[1])
    return [
      `[\`${name}\`](#${name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '')})`,
      `[${path.basename(file)}](../../${file.replaceAll('[', '%5B').replaceAll(']', '%5D')})`,
      context.map((word) => `\`${word}\``).join(', '),
      [...new Set(fillers)].join(', '),
    ]
  })
  return aligned([['slot', 'where it stands', 'context', 'filled by'], ...rows])
}

/** As Prettier writes a table, so that neither undoes the other's work. */
function aligned([header = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) =>
    Math.max(3, ...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

/** The page with its table made anew. */
export function renewed(page: string): string {
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`${slotsPage} has no place for its table.`)
  return `${before}${begin}\n\n${slotTable()}\n\n${end}${after}`
}

if (import.meta.main) {
  const file = path.join(root, slotsPage)
  writeFileSync(file, renewed(readFileSync(file, 'utf8')))
}
