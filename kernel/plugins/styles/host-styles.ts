import { existsSync, realpathSync } from 'node:fs'
import path from 'node:path'
import type { FrontendApp } from '../ui-manifest.ts'

/** What the builds of the frontends in `root` wrote, of the builds as they are now: a later one lies elsewhere. */
export function hostStylesFiles(root: string): Readonly<Record<FrontendApp, string>> {
  const ofBuild = (app: string): string => {
    const output = path.join(root, app, '.output')
    return path.join(existsSync(output) ? realpathSync(output) : output, 'platform/styles.json')
  }
  return { portal: ofBuild('portal-nuxt'), admin: ofBuild('admin-nuxt') }
}
