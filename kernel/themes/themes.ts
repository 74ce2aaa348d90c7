import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { createLogger, implement, type Implementation, type Logger, type Principal } from '../broker/index.ts'
import { validationRefusal, type PermissionDeclaration } from '../contract/index.ts'
import type { FrontendApp } from '../plugins/ui-manifest.ts'
import type { Channels } from '../channels.ts'
import { createInstalledThemes } from './installed-themes.ts'
import { lookFile, lookOf, type LookFile } from './look.ts'
import * as routes from './routes.ts'
import { createThemeDesk } from './theme-desk.ts'
import { historyOf } from './theme-history.ts'
import { packTheme } from './theme-package.ts'
import { themesBase, type Theme } from './theme-source.ts'
import { createThemeStates, summaryOf, type ThemeStates } from './theme-states.ts'
import { themesTables } from './themes-tables.ts'
import type { Look, ThemeContent } from './tokens.ts'

export interface ThemesOptions {
  readonly database: Knex
  readonly redis: Redis
  readonly realtime: Channels
  readonly dataDirectory: string
  /** Holds a folder for each theme that comes with the platform. */
  readonly directory: string
  readonly log?: Logger
}

export interface Themes {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  look(app: FrontendApp): Promise<Look>
  /** The values of the theme a frontend uses, for what is drawn outside of it: letters. */
  content(app: FrontendApp): Promise<ThemeContent>
  /** What lies below `/_themes/`; undefined when there is nothing of this address. */
  file(address: string): Promise<LookFile | undefined>
  start(): Promise<void>
  stop(): void
}

const topic = 'cambium.themes.changes'
const frontendApps: readonly FrontendApp[] = ['portal', 'admin']
const exportsFolder = 'themes'

function nameOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.userId : 'operator'
}

/** The draft under another name, as its own theme would lie in a folder. */
function renamed(
  theme: Theme,
  content: ThemeContent,
  { newId, name, publisher }: { newId: string; name?: string; publisher?: string },
): Pick<Theme, 'manifest' | 'files'> {
  const { brand, tokens, logos } = content
  const files = new Map([...theme.files].filter(([file]) => !file.startsWith('logos/')))
  const place = (key: keyof typeof logos, file: string): string | null => {
    const svg = logos[key]
    if (svg === null) return null
    files.set(`logos/${file}.svg`, Buffer.from(svg))
    return `logos/${file}.svg`
  }
  const manifest = {
    ...theme.manifest,
    id: newId,
    name: name ?? theme.name,
    publisher: publisher ?? theme.publisher,
    version: '0.1.0',
    brand,
    tokens,
    logos: {
      mark: place('mark', 'mark'),
      markDark: place('markDark', 'mark-dark'),
      favicon: place('favicon', 'favicon'),
    },
  }
  return { manifest, files }
}

async function fileOf(
  states: ThemeStates,
  themes: readonly Theme[],
  address: string,
): Promise<LookFile | undefined> {
  const [, folder = '', name = '', ...rest] = address.split('/')
  if (rest.length > 0) return undefined
  if (folder !== 'fonts') {
    const painted = await states.painted(folder)
    return painted && lookFile(painted.theme, painted.content, name)
  }
  const url = `${themesBase}/fonts/${name}`
  const body = themes.map(({ fontFiles }) => fontFiles.get(url)).find((bytes) => bytes !== undefined)
  return body && { type: 'font/woff2', body }
}

async function received(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

/** Themes: what is here, what operators make of it, and what each frontend shows. */
export function createThemes(options: ThemesOptions): Themes {
  const { database, redis, realtime, dataDirectory, directory, log = createLogger('themes') } = options
  const tables = themesTables(database)
  const themes = createInstalledThemes({ database, directory, log })
  const states = createThemeStates(themes, tables)
  // Every node, this one too, hears of a change and tells the tabs that hang on it.
  const desk = createThemeDesk({
    themes,
    tables,
    states,
    onShown: async () => void (await redis.publish(topic, '')),
  })
  const subscriber = redis.duplicate()
  subscriber.on('error', () => undefined)
  const told = new Map<FrontendApp, string>()

  async function look(app: FrontendApp): Promise<Look> {
    const { theme, published } = await states.of((await states.inUse())[app])
    return lookOf(theme, published)
  }

  async function tell(): Promise<void> {
    for (const app of frontendApps) {
      const next = await look(app)
      const text = JSON.stringify(next)
      if (told.get(app) === text) continue
      told.set(app, text)
      realtime.publish('themes.look', app, next)
    }
  }

  async function exported(themeId: string, names: { newId: string; name?: string; publisher?: string }) {
    const { theme, draft } = await states.of(themeId)
    const { bytes } = await packTheme(renamed(theme, draft, names))
    const name = `${names.newId}-0.1.0.tgz`
    const folder = path.join(dataDirectory, 'plugin-exports', exportsFolder)
    await mkdir(folder, { recursive: true })
    await writeFile(path.join(folder, name), bytes)
    return { name, file: `${exportsFolder}/${name}` }
  }

  const implementations = [
    implement(routes.listThemes, async () => {
      const inUse = await states.inUse()
      return { items: (await states.all()).map((state) => summaryOf(state, inUse)) }
    }),
    implement(routes.showTheme, ({ params: { themeId } }) => desk.show(themeId)),
    implement(routes.saveDraft, ({ params: { themeId, content, revision }, principal }) =>
      desk.save(themeId, content, revision, nameOf(principal)),
    ),
    implement(routes.restoreRevision, ({ params: { themeId, from, revision }, principal }) =>
      desk.restore(themeId, from, revision, nameOf(principal)),
    ),
    implement(routes.publishTheme, ({ params: { themeId, revision }, principal }) =>
      desk.publish(themeId, revision, nameOf(principal)),
    ),
    implement(routes.listThemeHistory, async ({ params: { themeId } }) => ({
      items: [...(await historyOf((await states.of(themeId)).theme, tables))],
    })),
    implement(routes.chooseTheme, ({ params: { app, themeId }, principal }) =>
      desk.choose(app, themeId, nameOf(principal)),
    ),
    implement(routes.showLook, ({ params }) => look(params.app)),
    implement(routes.installTheme, async ({ client, principal }) => {
      if (!client?.upload) throw validationRefusal([{ pointer: '#', detail: 'the file is missing' }])
      return desk.install(await received(client.upload.read()), nameOf(principal))
    }),
    implement(routes.removeTheme, async ({ params: { themeId } }) => {
      await desk.remove(themeId)
      return {}
    }),
    implement(routes.exportTheme, ({ params: { themeId, ...names } }) => exported(themeId, names)),
  ] as const

  realtime.provide('themes', { name: 'themes.look', access: 'public' }, ({ key }) => look(key as FrontendApp))

  return {
    implementations: implementations as unknown as readonly Implementation<never>[],
    permissions: [{ id: 'themes.looks.manage', title: 'Edit, install and choose themes', roles: ['admin'] }],
    look,
    content: async (app) => (await states.of((await states.inUse())[app])).published,
    file: async (address) => fileOf(states, await themes.all(), address),
    async start() {
      const failed = (error: unknown): void => log.error('themes could not be read anew', { error })
      subscriber.on('message', () => void tell().catch(failed))
      // What was announced while the connection was away was missed.
      subscriber.on('ready', () => void tell().catch(failed))
      await subscriber.subscribe(topic)
      await tell()
    },
    stop: () => subscriber.disconnect(),
  }
}
