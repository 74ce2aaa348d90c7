import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const all = 'reka-ui/namespaced'
const resolvedPrefix = `\0cambium:${all}/`
const importOfAll = /import\s*\{([^}]*)\}\s*from\s*["']reka-ui\/namespaced["'];?/g

/** `const Popover = { Root: PopoverRoot, … }` of the library's one file, by name. */
function readNamespaces(): Map<string, string> {
  const code = readFileSync(fileURLToPath(import.meta.resolve(all)), 'utf8')
  return new Map(
    [...code.matchAll(/const (\w+) = \{([^}]*)\}/g)].map(([, name = '', body = '']) => [name, body]),
  )
}

function namespaceSource(name: string, body: string): string {
  const parts = [...body.matchAll(/\w+: (\w+)/g)].map(([, part = '']) => part)
  return `import { ${parts.join(', ')} } from 'reka-ui'\nexport const ${name} = {${body}}`
}

/**
 * Gives each of the component library's namespaces a module of its own. They all stand in one file, so that whoever
 * needs a popover would load calendars and date fields with it.
 */
export function rekaNamespaces(): Plugin {
  const namespaces = readNamespaces()
  return {
    name: 'cambium:reka-namespaces',
    enforce: 'pre',
    resolveId: (id) =>
      namespaces.has(id.slice(all.length + 1)) && id.startsWith(`${all}/`)
        ? resolvedPrefix + id.slice(all.length + 1)
        : undefined,
    load(id) {
      if (!id.startsWith(resolvedPrefix)) return undefined
      const name = id.slice(resolvedPrefix.length)
      return namespaceSource(name, namespaces.get(name) ?? '')
    },
    transform(code) {
      if (!code.includes(all)) return undefined
      const split = code.replace(importOfAll, (_, names: string) =>
        names
          .split(',')
          .map((one) => `import {${one}} from '${all}/${one.trim().split(/\s+/)[0]}'`)
          .join('\n'),
      )
      return { code: split, map: null }
    },
  }
}
