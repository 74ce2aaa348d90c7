import path from 'node:path'
import { satisfies, valid, validRange } from 'semver'
import { platformScopes, type Route } from '../contract/index.ts'
import { extensionProblems } from './extension-problems.ts'
import { componentNames } from './component-names.ts'
import type { ReadPlugin } from './catalogue.ts'
import { readMessages } from './locales.ts'
import type { PluginManifest } from './manifest.ts'
import type { FrontendApp } from './ui-manifest.ts'

/** What a plugin is checked against beside its own folder. */
export interface Surroundings {
  readonly kernelVersion: string
  readonly kernelRoutes: readonly Route[]
  /** Manifests of the other enabled plugins. */
  readonly others: readonly PluginManifest[]
}

const knownEntries: ReadonlySet<string> = new Set([
  'plugin.ts',
  'ui.ts',
  'package.json',
  'tsconfig.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'routes',
  'server',
  'migrations',
  'admin',
  'portal',
  'locales',
  'screenshots',
  'test',
  'bench',
])

/** What tools keep at the top of a plugin that is a package of its own, and what packing and signing leave there. */
const toolFile =
  /^((package-lock|npm-shrinkwrap)\.json|pnpm-(lock|workspace)\.yaml|yarn\.lock|[\w.-]+\.config\.[cm]?[jt]s|.+\.(tgz|key|key\.pub))$/

/** First words of the front door's and the kernel's own paths and names. */
const reservedIds: ReadonlySet<string> = new Set(
  'account admin api audit cambium credentials docs events exchange files filters health idempotency identity jobs kernel ledger migrations notifications openapi packages permissions platform plugins problems publishers role roles settings socket strategies styles system transit user verification wallets ws'.split(
    ' ',
  ),
)

const apps: readonly FrontendApp[] = ['portal', 'admin']

/** Sentences about the rules a plugin breaks by itself or beside the others; empty when it may be enabled. */
export async function verify(plugin: ReadPlugin, surroundings: Surroundings): Promise<readonly string[]> {
  const { manifest } = plugin
  return [
    ...identityProblems(plugin, surroundings.kernelVersion),
    ...nameProblems(manifest),
    ...extensionProblems(manifest, surroundings.others),
    ...routeProblems(manifest, surroundings),
    ...apps.flatMap((app) => interfaceProblems(app, plugin, surroundings.others)),
    ...(await messageProblems(plugin)),
    ...(plugin.digest === null ? folderProblems(plugin) : []),
  ]
}

function identityProblems({ digest, directory, manifest }: ReadPlugin, kernelVersion: string): string[] {
  const problems: string[] = []
  const { id, version, kernel, requires = {} } = manifest
  const folder = path.basename(directory)
  if (digest === null && id !== folder) problems.push(`The manifest says ${id}, the folder ${folder}.`)
  if (reservedIds.has(id)) problems.push(`${id} is a name of the platform's own.`)
  if (!valid(version)) problems.push(`Version ${version} is no semantic version.`)
  if (!validRange(kernel)) problems.push(`kernel: ${kernel} is no range of versions.`)
  else if (!satisfies(kernelVersion, kernel)) {
    problems.push(`It is made for kernel ${kernel}; this is ${kernelVersion}.`)
  }
  for (const [other, range] of Object.entries(requires)) {
    if (!validRange(range)) problems.push(`requires ${other}: ${range} is no range of versions.`)
    if (other === id) problems.push('It requires itself.')
  }
  return problems
}

function nameProblems({
  id,
  permissions,
  channels = [],
  jobs = [],
  apiScopes = [],
  settings,
}: PluginManifest): string[] {
  const named: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['Permission', permissions.map((entry) => entry.id), new RegExp(`^${id}\\.[a-zA-Z]+\\.[a-zA-Z]+$`)],
    ['Channel', channels.map(({ name }) => name), new RegExp(`^${id}\\.[a-zA-Z]+$`)],
    ['Job', jobs.map(({ name }) => name), new RegExp(`^${id}\\.[a-zA-Z]+$`)],
    ['API scope', apiScopes.map((entry) => entry.id), /^[a-z][a-zA-Z]*$/],
    ['Setting', Object.keys(settings?.properties ?? {}), /^[a-z][a-zA-Z0-9]*$/],
  ]
  return named.flatMap(([kind, names, rule]) => [
    ...names
      .filter((name) => !rule.test(name))
      .map((name) => `${kind} ${name} is not named as ${rule.source}.`),
    ...repeated(names).map((name) => `${kind} ${name} is declared twice.`),
  ])
}

function routeProblems(manifest: PluginManifest, { kernelRoutes, others }: Surroundings): string[] {
  const { id, routes, permissions, apiScopes = [] } = manifest
  const scopes = new Set<string>([...platformScopes, ...apiScopes.map((scope) => scope.id)])
  const action = new RegExp(`^${id}\\.[a-zA-Z]+\\.[a-zA-Z]+$`)
  const declared = new Set(permissions.map((permission) => permission.id))
  const taken = new Map([
    ...kernelRoutes.map((route) => [shape(route), 'the kernel'] as const),
    ...others.flatMap((other) => other.routes.map((route) => [shape(route), other.id] as const)),
  ])
  return [
    ...repeated(routes.map((route) => route.action)).map((name) => `Action ${name} is declared twice.`),
    ...repeated(routes.map(shape)).map((path) => `Path ${path} is declared twice.`),
    ...routes.flatMap((route) => {
      const problems: string[] = []
      const { path, permission } = route
      if (!action.test(route.action))
        problems.push(`Action ${route.action} is not named as ${action.source}.`)
      if (path !== `/${id}` && !path.startsWith(`/${id}/`))
        problems.push(`${route.rest} is not below /${id}.`)
      if (route.answer !== undefined) problems.push(`${route.action} answers a file; only the platform does.`)
      const isKnown = permission === 'public' || permission === 'signedIn' || declared.has(permission)
      if (!isKnown)
        problems.push(`${route.action} asks for ${permission}, which the plugin does not declare.`)
      if (route.scope !== undefined && !scopes.has(route.scope))
        problems.push(`${route.action} names the API scope ${route.scope}, which nobody offers.`)
      const owner = taken.get(shape(route))
      if (owner !== undefined) problems.push(`${route.rest} is already served by ${owner}.`)
      return problems
    }),
  ]
}

/** Two paths that differ only in their parameters' names answer the same requests. */
function shape({ method, path }: Route): string {
  return `${method} ${path.replace(/:[A-Za-z]+/g, ':')}`
}

function interfaceProblems(
  app: FrontendApp,
  plugin: ReadPlugin,
  others: readonly PluginManifest[],
): string[] {
  const { files, manifest } = plugin
  const { pages = [], navigation = [], slots = [] } = manifest.ui?.[app] ?? {}
  const taken = new Map(
    others.flatMap(({ id, ui }) =>
      (ui?.[app]?.pages ?? []).map((page) => [pageShape(page.path), id] as const),
    ),
  )
  const prefix = pascalCase(manifest.id)
  const pageIds = pages.map(({ id }) => id)
  return [
    ...repeated(pageIds).map((id) => `Page ${id} of the ${app} is declared twice.`),
    ...repeated(pages.map(({ path }) => pageShape(path))).map(
      (path) => `Page path ${path} is declared twice.`,
    ),
    ...repeated(slots.map(({ slot, id }) => `${slot} ${id}`)).map((slot) => `Slot ${slot} is filled twice.`),
    ...pages.flatMap(({ path }) => {
      const owner = taken.get(pageShape(path))
      return owner === undefined ? [] : [`Page ${path} of the ${app} already belongs to ${owner}.`]
    }),
    ...navigation
      .filter(({ page }) => !pageIds.includes(page))
      .map(({ page }) => `The ${app}'s navigation names page ${page}, which is not declared.`),
    ...componentNames(manifest.ui?.[app]).flatMap((component) => {
      if (!component.startsWith(prefix)) return [`Component ${component} does not begin with ${prefix}.`]
      return plugin.pages || files.includes(`${app}/${component}.vue`)
        ? []
        : [`${app}/${component}.vue does not exist.`]
    }),
  ]
}

function pageShape(path: string): string {
  return path.replace(/:[A-Za-z]+/g, ':').replace(/\/$/, '')
}

async function messageProblems(plugin: ReadPlugin): Promise<string[]> {
  try {
    const english = (await readMessages(plugin)).get('en')
    return titleKeys(plugin.manifest)
      .filter((key) => !english?.has(key))
      .map((key) => `locales/en.json has no ${key}.`)
  } catch (error) {
    return [(error as Error).message]
  }
}

/** Keys of every string the host shows without the plugin's code. */
export function titleKeys(manifest: PluginManifest, only: readonly FrontendApp[] = apps): readonly string[] {
  const entries = only.flatMap((app) => {
    const { pages = [], navigation = [], actions = [], slots = [] } = manifest.ui?.[app] ?? {}
    const results = (manifest.search ?? []).filter((one) => one.app === app)
    const keywords = actions.flatMap((one) => (one.keywords === undefined ? [] : [{ title: one.keywords }]))
    const cards = slots.flatMap(({ title }) => (title === undefined ? [] : [{ title }]))
    return [...pages, ...navigation, ...actions, ...keywords, ...results, ...cards]
  })
  const kinds = only.includes('portal') ? [...(manifest.activity ?? []), ...(manifest.wallets ?? [])] : []
  const steps = only.includes('portal') ? (manifest.onboarding ?? []) : []
  const tasks = only.includes('admin') ? (manifest.tasks ?? []) : []
  const taskKeys = tasks.flatMap(({ title, text }) => [title, text])
  const stepKeys = steps.flatMap(({ title, body, action }) => [title, body, action])
  return [...new Set([...[...entries, ...kinds].map(({ title }) => title), ...stepKeys, ...taskKeys])]
}

function folderProblems({ files }: ReadPlugin): string[] {
  const entries = new Set(files.map((file) => file.split('/')[0] as string))
  const isTool = (entry: string) => entry.startsWith('.') || (files.includes(entry) && toolFile.test(entry))
  const isKnown = (entry: string) => knownEntries.has(entry) || isTool(entry)
  return [
    ...[...entries]
      .filter((entry) => !isKnown(entry))
      .map((entry) => `A plugin's folder has no place for ${entry}.`),
    ...files
      .filter((file) => file.startsWith('migrations/') && !/^migrations\/\d{4}-[a-z0-9-]+\.ts$/.test(file))
      .map((file) => `${file} is not named like migrations/0001-name.ts.`),
  ]
}

export function pascalCase(id: string): string {
  return id.replace(/(^|-)([a-z0-9])/g, (_, dash: string, letter: string) => letter.toUpperCase())
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
}
