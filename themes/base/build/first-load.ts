import { dirname, join } from 'node:path'

interface ModuleInfo {
  readonly importedIds: readonly string[]
  readonly code: string | null
}
interface ChunkingContext {
  getModuleInfo(id: string): ModuleInfo | null
}

/** An index that only passes on: who imports three names from it does not need the other four hundred files. */
const barrel = /reka-ui\/dist\/index\.js$/
const importStatement = /import\s*\{([^}]*)\}\s*from\s*["']([^"']+)["']/g
const exportStatement = /export\s*\{([^}]*)\}/g

function names(list: string): { imported: string; local: string }[] {
  return list.split(',').flatMap((part) => {
    const [imported = '', local = imported] = part.trim().split(/\s+as\s+/)
    return imported === '' ? [] : [{ imported, local }]
  })
}

/** Exported name of the barrel → file that has it. */
function readBarrel(id: string, code: string): Map<string, string> {
  const fileOf = new Map<string, string>()
  for (const [, list = '', from = ''] of code.matchAll(importStatement)) {
    for (const { local } of names(list)) fileOf.set(local, join(dirname(id), from))
  }
  const exported = new Map<string, string>()
  for (const [, list = ''] of code.matchAll(exportStatement)) {
    for (const { imported, local } of names(list)) {
      const file = fileOf.get(imported)
      if (file) exported.set(local, file)
    }
  }
  return exported
}

function importsThrough(barrelId: string, importer: string, context: ChunkingContext): string[] {
  const exported = readBarrel(barrelId, context.getModuleInfo(barrelId)?.code ?? '')
  return [...importer.matchAll(importStatement)].flatMap(([, list = '']) =>
    names(list).flatMap(({ imported }) => exported.get(imported) ?? []),
  )
}

/** Everything that `roots` import statically, straight or through others. */
function staticClosure(roots: readonly string[], context: ChunkingContext): Set<string> {
  const reached = new Set(roots)
  for (const from of reached) {
    const info = context.getModuleInfo(from)
    for (const next of info?.importedIds ?? []) {
      if (!barrel.test(next)) reached.add(next)
      else for (const file of importsThrough(next, info?.code ?? '', context)) reached.add(file)
    }
  }
  return reached
}

const isLayout = /\/app\/layouts\/[^/]+\.vue$/

/**
 * A few chunks for what first pages need, which the many extra entries of the shared modules would otherwise shatter into
 * dozens of requests: `core` is what the entry imports statically, `frame` what the layouts do, and one for each bundle
 * of kit parts.
 */
export function firstLoadGroup(
  entry: () => string,
  allModules: () => Iterable<string>,
  bundles: readonly string[],
): (id: string, context: ChunkingContext) => string | null {
  let groups: readonly (readonly [string, Set<string>])[] | undefined
  return (id, context) => {
    groups ??= [
      ['core', staticClosure([entry()], context)],
      [
        'frame',
        staticClosure(
          [...allModules()].filter((module) => isLayout.test(module)),
          context,
        ),
      ],
      ...bundles.map((bundle) => [bundle.replace(/^.*\//, ''), staticClosure([bundle], context)] as const),
    ]
    return groups.find(([, members]) => members.has(id))?.[0] ?? null
  }
}
