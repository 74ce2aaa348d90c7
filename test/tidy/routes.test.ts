import { globSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Route } from '../../kernel/contract/index.ts'
import { occurrences, refuseAny, root, sources } from './sources.ts'

interface DeclaredRoute {
  readonly unit: string
  readonly exportName: string
  readonly route: Route
}

async function declaredRoutes(): Promise<DeclaredRoute[]> {
  const declaring = globSync(['kernel/*/routes.ts', 'plugins/*/routes/*.ts'], { cwd: root }).toSorted()
  const found = await Promise.all(
    declaring.map(async (file) => {
      const module = (await import(pathToFileURL(path.join(root, file)).href)) as Record<string, unknown>
      const unit = file.split('/').slice(0, 2).join('/')
      return Object.entries(module).flatMap(([exportName, value]) =>
        isRoute(value) ? [{ unit, exportName, route: value }] : [],
      )
    }),
  )
  return found.flat()
}

function isRoute(value: unknown): value is Route {
  return typeof value === 'object' && value !== null && 'action' in value && 'rest' in value
}

describe('routes', () => {
  it('are the only way to the gateway', () => {
    const elsewhere = sources(/^(kernel|plugins)\/.*\.ts$/).filter(
      ({ file }) => !/(^|\/)(routes(\/|\.ts)|test\/|bench\/|contract\/)/.test(file),
    )
    refuseAny(
      occurrences(elsewhere, /\brest: ['"`](GET|POST|PUT|PATCH|DELETE) /),
      'Declare it with route() in routes.ts or routes/: validation, permission and documentation come from there.',
    )
  })

  it('say what they do, who may call them and which refusals to expect', async () => {
    const incomplete = (await declaredRoutes()).filter(
      ({ route }) =>
        !route.summary || !route.permission || !route.params || !route.result || !Array.isArray(route.errors),
    )
    refuseAny(
      incomplete.map(({ route }) => route.action),
      'A route has a summary, a permission, params, a result and its errors.',
    )
  })

  it('are each used by a test of their unit', async () => {
    const tests = sources(/\/test\/.*\.ts$|^test\/.*\.ts$/)
    const isTested = ({ unit, exportName, route }: DeclaredRoute) => {
      const address = route.path.replace(/:\w+.*$/, '')
      return tests.some(
        ({ file, text }) =>
          (file.startsWith(`${unit}/`) || file.startsWith('test/') || file.startsWith('kernel/')) &&
          (new RegExp(`\\b${exportName}\\b`).test(text) ||
            text.includes(route.action) ||
            text.includes(`/api${address}`)),
      )
    }
    refuseAny(
      (await declaredRoutes()).filter((declared) => !isTested(declared)).map(({ route }) => route.action),
      'Call it in a test: as itself, as a stranger, and with what it must refuse.',
    )
  })

  it('have one path and one action each', async () => {
    const all = await declaredRoutes()
    const repeated = (words: readonly string[]) =>
      words.filter((word, index) => words.indexOf(word) !== index)
    refuseAny(
      [...repeated(all.map(({ route }) => route.action)), ...repeated(all.map(({ route }) => route.rest))],
      'Two routes must not share an action or an address.',
    )
  })
})
