import type { SettingsGroup } from '@cambium/kernel/settings/routes'
import type { FormProperty, FormSchema } from '@cambium/ui'

/** A group by the name its readers know, what of it differs from the defaults, and which fields are found. */
export interface FoundGroup extends SettingsGroup {
  readonly title: string
  readonly changed: number
  /** Undefined for all of them. */
  readonly only: readonly string[] | undefined
}

function wordsOf(name: string, { title = '', description = '', properties = {} }: FormProperty): string {
  const inner = Object.entries(properties).map(([inside, property]) => wordsOf(inside, property))
  return [name, title, description, ...inner].join(' ')
}

/** Groups with a field in which every word of `text` stands; a group that is named so is found whole. */
export function findSettings(
  groups: readonly SettingsGroup[],
  titleOf: (group: SettingsGroup) => string,
  text: string,
): readonly FoundGroup[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  const has = (where: string): boolean => words.every((word) => where.toLocaleLowerCase().includes(word))
  return groups.flatMap((group) => {
    const title = titleOf(group)
    const fields = Object.entries((group.schema as FormSchema).properties)
    const changed = fields.filter(([name, field]) => !isDefault(field, group.values[name])).length
    const found = fields
      .filter(([name, field]) => has(`${title} ${group.owner}.${wordsOf(name, field)}`))
      .map(([name]) => name)
    if (words.length > 0 && found.length === 0) return []
    return [{ ...group, title, changed, only: found.length === fields.length ? undefined : found }]
  })
}
