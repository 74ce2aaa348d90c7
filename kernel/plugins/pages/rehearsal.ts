import { existsSync, realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { SideProcess } from '../side-process.ts'
import type { PageRehearsal, UiPlugin } from '../ui-manifest.ts'
import { SSR_FILE } from './page-build.ts'

const PROCESS_IDLE_MS = 30_000

export interface RehearsalOptions {
  /** The portal's server as it was built. */
  readonly portalProgram: string
  /** How long one page may take, the start of the portal included. */
  readonly renderMs: number
}

/** Lets the portal's own server render every page and slot of a plugin once, in a process aside that may die of it. */
export interface Rehearsal {
  /** Throws what the first one that cannot be rendered says. */
  render(plugin: UiPlugin, directory: string): Promise<void>
  stop(): void
}

/** The portal's server in `root`; undefined until it was built. A later build lies elsewhere. */
export function portalProgram(root: string): string | undefined {
  const program = path.join(root, 'portal-nuxt/.output/server/index.mjs')
  return existsSync(program) ? realpathSync(program) : undefined
}

export function createRehearsal({ portalProgram: program, renderMs }: RehearsalOptions): Rehearsal {
  const portal = new SideProcess<PageRehearsal, null>(program, {
    idleMs: PROCESS_IDLE_MS,
    timeoutMs: renderMs,
    isQuiet: true,
    // Nobody is to reach it, but it listens: there it is in nobody's way.
    environment: {
      PORTAL_REHEARSAL: '1',
      NITRO_UNIX_SOCKET: path.join(tmpdir(), `cambium-rehearsal-${process.pid}-${crypto.randomUUID()}.sock`),
    },
  })

  return {
    render: async (plugin, directory) => {
      const code = await readFile(path.join(directory, SSR_FILE), 'utf8')
      for (const { kind, ...part } of partsOf(plugin)) {
        await portal.run({ plugin, code, ...part }).catch((error: Error) => {
          const what = `${kind} ${part.contribution} (portal/${part.component}.vue)`
          throw new Error(`The portal's ${what} of ${plugin.id} cannot be rendered: ${error.message}`)
        })
      }
    },
    stop: () => portal.stop(),
  }
}

type RehearsedPart = Omit<PageRehearsal, 'plugin' | 'code'> & { readonly kind: 'page' | 'slot' }

function partsOf({ pages, slots }: UiPlugin): readonly RehearsedPart[] {
  return [
    ...pages.map(({ id, component, path: place }) => ({
      kind: 'page' as const,
      contribution: id,
      component,
      place: place.replaceAll(/:[A-Za-z]+/g, 'none'),
    })),
    ...slots.map(({ id, component }) => ({
      kind: 'slot' as const,
      contribution: id,
      component,
      place: '/',
    })),
  ]
}
