import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  cruise,
  type IForbiddenRuleType,
  type IRegularForbiddenRuleType,
  type IReporterOutput,
} from 'dependency-cruiser'
import type { PluginManifest } from '../index.ts'
import { root } from './place.ts'

type Restriction = Pick<IRegularForbiddenRuleType, 'from' | 'to'>

/** Judges every import against the rules; answers a report that is empty when all is well. */
export async function checkImports(): Promise<string> {
  const { output, exitCode } = (await cruise(
    ['kernel', 'engine', 'migrations', 'plugins', 'themes', 'admin-nuxt', 'portal-nuxt', 'test'],
    {
      validate: true,
      ruleSet: { forbidden: await importRules() },
      outputType: 'err',
      tsPreCompilationDeps: true,
      exclude: { path: '(^|/)(\\.nuxt|\\.output|dist)/' },
      doNotFollow: { path: 'node_modules' },
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['import', 'node', 'types', 'default'],
        extensions: ['.ts', '.vue', '.mjs', '.js', '.json'],
      },
    },
    { symlinks: false },
  )) as IReporterOutput
  return exitCode === 0 ? '' : String(output)
}

/** The rules of who may import whom, made from the manifests, so that a new plugin or face needs no edit here. */
export async function importRules(): Promise<IForbiddenRuleType[]> {
  const faces = kernelFaces()
  const face = `^kernel/(${faces.join('|').replaceAll('.', '\\.')})$`
  return [
    rule('no-cycles', 'These files import each other in a circle; move what both need to one of them.', {
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    }),
    rule(
      'engine-alone',
      'The engine imports only itself and node:; its journal in a stream is loaded on demand.',
      {
        from: { path: '^engine/', pathNot: ['/(test|bench)/', '^engine/standby/stream-log\\.ts$'] },
        to: { pathNot: '^engine/', dependencyTypesNot: ['core'] },
      },
    ),
    rule(
      'stream-log-nats-only',
      'The journal in a stream imports the NATS client and nothing else from outside.',
      {
        from: { path: '^engine/standby/stream-log\\.ts$' },
        to: { pathNot: ['^engine/', '^node_modules/@nats-io/'], dependencyTypesNot: ['core'] },
      },
    ),
    rule('kernel-knows-no-plugin', 'The kernel knows no plugin, theme or frontend: it reads manifests.', {
      from: { path: '^kernel/', pathNot: '/(test|bench)/' },
      to: { path: '^(plugins|themes|admin-nuxt|portal-nuxt)/' },
    }),
    rule('kernel-by-its-faces', 'Import a kernel module by its index.ts or routes.ts.', {
      from: { path: '^kernel/([^/]+)/', pathNot: '/(test|bench)/' },
      // Types are gone at run time and couple nothing.
      to: {
        path: '^kernel/[^/]+/',
        pathNot: [face, '^kernel/$1/', 'node_modules'],
        dependencyTypesNot: ['type-only'],
      },
    }),
    rule('kernel-engine-by-socket', 'The kernel reaches the engine by its socket and its wire format only.', {
      from: { path: '^kernel/', pathNot: ['/(test|bench)/', '^kernel/(cli|exchange|setup)/'] },
      to: { path: '^engine/' },
    }),
    rule('outside-by-kernel-faces', 'Outside the kernel, import what kernel/package.json exports.', {
      from: { path: '^(plugins|themes|admin-nuxt|portal-nuxt)/' },
      to: { path: '^kernel/', pathNot: [face, 'node_modules'] },
    }),
    rule('frontends-know-no-plugin', 'A frontend or theme loads plugins at run time and imports none.', {
      from: { path: '^(themes|admin-nuxt|portal-nuxt)/', pathNot: '/test/' },
      to: { path: '^plugins/' },
    }),
    rule('pages-see-no-server', 'A page sees routes and the kit, never server code.', {
      from: { path: '^plugins/[^/]+/(admin|portal|routes)/' },
      to: { path: '^plugins/[^/]+/(server|migrations)/' },
    }),
    ...(await pluginIslands()),
  ]
}

/** One rule a plugin: its own files, and the routes of the plugins it requires. */
async function pluginIslands(): Promise<IForbiddenRuleType[]> {
  const manifests = globSync('plugins/*/plugin.ts', { cwd: root }).toSorted()
  return Promise.all(
    manifests.map(async (file) => {
      const { plugin: manifest } = (await import(pathToFileURL(path.join(root, file)).href)) as {
        plugin: PluginManifest
      }
      const required = Object.keys(manifest.requires ?? {}).map((id) => `^plugins/${id}/routes/`)
      const comment = `${manifest.id} imports only itself and the routes of plugins it requires.`
      return rule(`island-${manifest.id}`, comment, {
        from: { path: `^plugins/${manifest.id}/` },
        to: { path: '^plugins/', pathNot: [`^plugins/${manifest.id}/`, ...required] },
      })
    }),
  )
}

/** Every module's index.ts and routes.ts, and what else kernel/package.json exports, as patterns below `kernel/`. */
function kernelFaces(): string[] {
  const text = readFileSync(path.join(root, 'kernel/package.json'), 'utf8')
  const { exports } = JSON.parse(text) as { exports: Record<string, string> }
  const exported = Object.values(exports).map((file) => file.replace('./', '').replaceAll('*', '[^/]+'))
  return ['[^/]+/index.ts', '[^/]+/routes.ts', ...exported]
}

function rule(name: string, comment: string, { from, to }: Restriction): IForbiddenRuleType {
  return { name, comment, severity: 'error', from, to }
}
