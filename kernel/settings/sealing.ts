import type { Logger } from '../broker/index.ts'
import type { SettingsValues } from './live-settings.ts'
import type { SecretBox } from './secrets.ts'
import type { SettingsRules } from './settings-schema.ts'

export interface Sealing {
  /** What is kept, with secrets in clear; one that no key opens counts as not set. */
  opened(owner: string, rules: SettingsRules, content: SettingsValues): SettingsValues
  sealed(owner: string, rules: SettingsRules, values: SettingsValues): SettingsValues
}

export function createSealing(box: SecretBox, log: Logger): Sealing {
  return {
    opened(owner, rules, content) {
      const entries = Object.entries(content).flatMap(([name, value]) => {
        if (!rules.secrets.has(name)) return [[name, value]]
        try {
          return [[name, box.open(String(value), `${owner}.${name}`)]]
        } catch (error) {
          log.error(`the secret ${name} of ${owner} cannot be read`, { error })
          return []
        }
      })
      return Object.fromEntries(entries) as SettingsValues
    },
    sealed: (owner, rules, values) =>
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          name,
          rules.secrets.has(name) ? box.seal(String(value), `${owner}.${name}`) : value,
        ]),
      ),
  }
}
