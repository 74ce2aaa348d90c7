import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { readMessages, type FlatMessages } from '../plugins/index.ts'

/** Whose texts they are: a shell, what both shells have in common, or an enabled plugin. */
export interface TextOwner {
  readonly id: string
  readonly name: string
  readonly messages: FlatMessages
}

const shells: readonly { readonly id: string; readonly name: string; readonly folder: string }[] = [
  { id: 'base', name: 'Portal and admin', folder: 'themes/base/i18n' },
  { id: 'portal', name: 'Portal', folder: 'portal-nuxt/i18n' },
  { id: 'admin', name: 'Admin', folder: 'admin-nuxt/i18n' },
]

/** The texts of the shells as they were shipped; they are read once, the files belong to the release. */
export function createShellTexts(root: string): () => Promise<readonly TextOwner[]> {
  let read: Promise<readonly TextOwner[]> | undefined
  async function readShell({ id, name, folder }: (typeof shells)[number]): Promise<TextOwner> {
    const directory = path.join(root, folder)
    const files = (await readdir(path.join(directory, 'locales'))).map((file) => `locales/${file}`)
    return { id, name, messages: await readMessages({ directory, files }) }
  }
  return () => (read ??= Promise.all(shells.map(readShell)))
}
