import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { root } from '../setup/index.ts'

/** What a `package.json` of this repository says that the published ones repeat. */
export interface WorkspaceManifest {
  readonly version: string
  readonly license: string
  readonly dependencies: Readonly<Record<string, string>>
}

export const kernelDirectory = path.join(root, 'kernel')
/** The kit is built with whatever theme is shown; these types are those of the base. */
export const kitDirectory = path.join(root, 'themes/base')
export const portalDirectory = path.join(root, 'portal-nuxt')

export async function workspaceManifest(directory: string): Promise<WorkspaceManifest> {
  return JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8')) as WorkspaceManifest
}

/** `knex/lib/x` is of `knex`, `@vue/reactivity` of itself. */
export function packageOf(id: string): string {
  return id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/')
}
