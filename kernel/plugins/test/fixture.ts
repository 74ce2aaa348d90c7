import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as schema from 'typebox'
import { route } from '../../contract/index.ts'

/** Files of a plugin by their path in its folder; null leaves out one of the defaults. */
export type FixtureFiles = Readonly<Record<string, string | null>>

export interface FixturePlugins {
  readonly directory: string
  readonly dataDirectory: string
  /** Writes `plugins/<id>`; what was there is replaced. */
  write(id: string, files?: FixtureFiles): Promise<string>
  remove(id: string): Promise<void>
  dispose(): Promise<void>
}

/** A folder of plugins of a test's own. */
export async function fixturePlugins(): Promise<FixturePlugins> {
  const root = await mkdtemp(path.join(tmpdir(), 'cambium-plugins-'))
  const directory = path.join(root, 'plugins')
  await mkdir(directory)
  return {
    directory,
    dataDirectory: path.join(root, 'data'),
    write: async (id, files = {}) => {
      const folder = path.join(directory, id)
      const draft = path.join(root, `draft-${id}`)
      for (const [name, content] of Object.entries({ ...defaultFiles(id), ...files })) {
        if (content === null) continue
        await mkdir(path.dirname(path.join(draft, name)), { recursive: true })
        await writeFile(path.join(draft, name), content)
      }
      await rm(folder, { recursive: true, force: true })
      await cp(draft, folder, { recursive: true })
      await rm(draft, { recursive: true })
      return folder
    },
    remove: (id) => rm(path.join(directory, id), { recursive: true, force: true }),
    dispose: () => rm(root, { recursive: true, force: true }),
  }
}

/** A small plugin with a route of each kind, a table, a channel, a loop and a page. `GET /<id>/ping` says its version. */
function defaultFiles(id: string): FixtureFiles {
  const table = id.replaceAll('-', '_')
  return {
    'plugin.ts': manifestSource(id),
    'README.md': `# ${id}\n`,
    'routes/pings.ts': routesSource(id),
    'server/server.ts': serverSource(1),
    'migrations/0001-notes.ts': migrationSource(`${table}_notes`),
    'locales/en.json': JSON.stringify({ pages: { home: 'Home' } }),
    [`portal/${capitalized(id)}HomePage.vue`]: `<template><p class="p-7">Home of ${id}</p></template>`,
  }
}

export interface ManifestParts {
  readonly version?: string
  /** Members added to the manifest, as source. */
  readonly extra?: string
}

export function manifestSource(id: string, { version = '1.0.0', extra = '' }: ManifestParts = {}): string {
  return `
    import { definePlugin } from '@cambium/kernel'
    import * as pings from './routes/pings.ts'

    export const plugin = definePlugin({
      id: '${id}', version: '${version}', kernel: '^0.1.0',
      name: 'Fixture', summary: 'Made by a test.', description: 'Made by a test.',
      publisher: 'Tests', category: 'tests', icon: 'i-lucide-flask-conical',
      permissions: [{ id: '${id}.notes.write', title: 'Write notes', roles: ['user'] }],
      routes: [pings.ping, pings.write],
      channels: [{ name: '${id}.pings', title: 'Pings', access: 'public' }],
      ui: { portal: { pages: [
        { id: 'home', path: '/${id}', title: 'pages.home', component: '${capitalized(id)}HomePage' },
      ] } },
      ${extra}
    })`
}

export function routesSource(id: string): string {
  return `
    import { route } from '@cambium/kernel/contract'
    import { Integer, Object, Optional, String } from 'typebox'

    export const ping = route({
      action: '${id}.pings.show', rest: 'GET /${id}/ping', summary: 'Answers its version', permission: 'public',
      params: Object({ note: Optional(String()) }), result: Object({ version: Integer(), generation: Integer() }), errors: [],
    })
    export const write = route({
      action: '${id}.notes.write', rest: 'POST /${id}/notes', summary: 'Writes a note', permission: '${id}.notes.write',
      params: Object({ text: String() }), result: Object({ id: Integer() }), errors: [],
    })`
}

/** The fixture's public route, for who calls it. */
export function pingRoute(id: string) {
  return route({
    action: `${id}.pings.show`,
    rest: `GET /${id}/ping`,
    summary: 'Answers its version',
    permission: 'public',
    params: schema.Object({ note: schema.Optional(schema.String()) }),
    result: schema.Object({ version: schema.Integer(), generation: schema.Integer() }),
    errors: [],
  })
}

/** `started` runs inside \`start\`, before it answers; `health` is the probe's body. */
export function serverSource(version: number, { started = '', health = '' } = {}): string {
  return `
    import { implement, type StartPlugin } from '@cambium/kernel'
    import { ping, write } from '../routes/pings.ts'

    export const start: StartPlugin = async (kernel) => {
      const { generation } = kernel
      ${started}
      return {
        implementations: [
          implement(ping, async () => ({ version: ${version}, generation })),
          implement(write, async ({ params }) => {
            const [id = 0] = await kernel.database(kernel.pluginId.replaceAll('-', '_') + '_notes').insert({ text: params.text })
            return { id }
          }),
        ],
        health: async () => { ${health} },
      }
    }`
}

export function migrationSource(table: string): string {
  return `
    import type { Knex } from 'knex'

    export async function up(knex: Knex): Promise<void> {
      await knex.schema.createTable('${table}', (columns) => {
        columns.increments('id')
        columns.string('text')
      })
    }

    export async function down(knex: Knex): Promise<void> {
      await knex.schema.dropTableIfExists('${table}')
    }`
}

function capitalized(id: string): string {
  return id.replace(/(^|-)([a-z0-9])/g, (_, dash: string, letter: string) => letter.toUpperCase())
}
