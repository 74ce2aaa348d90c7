import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import * as typebox from 'typebox'

const builders = '\0cambium:schema-builders'

/** What a server checks and documents by. A page knows of a route where it is and how it is asked. */
const serverOnly = new Set(['summary', 'description', 'params', 'result', 'errors', 'rateLimit'])

/** Whose schemas a page has no use for. What else builds one, as the tokens of themes do, means to have it. */
const declares = /\/(routes|contract)(\/[^?]*)?\.[jt]s$/
/** By its file: a plugin's folder need not have the package. */
const library = fileURLToPath(import.meta.resolve('typebox'))
const routesFile = /\/routes(\/[^?]*)?\.[jt]s$/
/** Files that only declare: one of which a page uses nothing is left out whole. */
const onlyDeclares = /\/(routes|([\w-]+-)?refusals|events)(\/[^?]*)?\.[jt]s$/

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
}
interface Property extends Node {
  readonly key?: { readonly name?: string }
}
interface Declarator {
  readonly init?: Node & {
    readonly callee?: { readonly name?: string }
    readonly arguments?: readonly (Node & { readonly properties?: readonly Property[] })[]
  }
}
interface Statement extends Node {
  readonly declaration?: { readonly declarations?: readonly Declarator[] } | null
}

/** The members of every exported `route({ … })`, in their order. */
function declaredMembers(program: { readonly body: readonly unknown[] }): Property[] {
  return (program.body as readonly Statement[])
    .flatMap(({ declaration }) => declaration?.declarations ?? [])
    .filter(({ init }) => init?.callee?.name === 'route')
    .flatMap(({ init }) => init?.arguments?.[0]?.properties ?? [])
}

/** Builders of schemas that build none, for those outside a route; a bundle drops their calls. */
function emptyBuilders(): string {
  const names = Object.keys(typebox).filter((name) => name !== 'default')
  const exports = names.map((name) => `build as ${name}`)
  return `/* @__NO_SIDE_EFFECTS__ */ function build() { return { properties: {} } }\nexport { ${exports.join(', ')} }`
}

/** Leaves out of a page what only the server needs of a route: schemas, descriptions, refusals, and their library. */
export function routesForPages(): Plugin {
  return {
    name: 'cambium:routes-for-pages',
    resolveId: {
      order: 'pre',
      handler(id, importer) {
        if (id !== 'typebox') return undefined
        return declares.test(importer ?? '') ? builders : library
      },
    },
    load: (id) => (id === builders ? emptyBuilders() : undefined),
    transform(code, id) {
      if (!onlyDeclares.test(id)) return undefined
      let kept = code
      if (!routesFile.test(id) || !code.includes('route('))
        return { code, map: null, moduleSideEffects: false }
      for (const { key, start, end } of declaredMembers(this.parse(code)).toReversed()) {
        if (!serverOnly.has(key?.name ?? '')) continue
        kept = kept.slice(0, start) + kept.slice(end).replace(/^\s*,/, '')
      }
      return { code: kept, map: null, moduleSideEffects: false }
    },
  }
}
