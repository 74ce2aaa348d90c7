import { createRequire, isBuiltin } from 'node:module'

const hostRequire = createRequire(import.meta.url)

/** Patterns of what a plugin's server code gets from the host: the very instances the kernel itself uses. */
const hostModules: readonly RegExp[] = [
  /^@cambium\/kernel(\/contract|\/money|\/[a-z-]+\/routes)?$/,
  /^typebox(\/[a-z]+)?$/,
  /^(objection|knex)$/,
]

/** They start threads, processes or evaluate code behind the kernel's back, and a generation could not give them back. */
const deniedBuiltins: ReadonlySet<string> = new Set([
  'child_process',
  'cluster',
  'inspector',
  'inspector/promises',
  'module',
  'repl',
  'vm',
  'worker_threads',
])

export function isHostModule(id: string): boolean {
  return hostModules.some((pattern) => pattern.test(id))
}

/** True also for those a plugin may not have. */
export function isNodeModule(id: string): boolean {
  return isBuiltin(id)
}

export function isDenied(id: string): boolean {
  if (isHostModule(id)) return false
  if (isBuiltin(id)) return deniedBuiltins.has(id.replace(/^node:/, ''))
  // What the kernel exports beside its public face is not for plugins: its files, its testing kit.
  return /^@cambium\/kernel(\/|$)/.test(id)
}

/** The `require` of a bundle: everything but these ids was bundled, so anything else is a mistake or a trick. */
export function requireFromHost(id: string): unknown {
  if (isDenied(id) || !(isHostModule(id) || isBuiltin(id))) {
    throw new Error(`A plugin may not import ${id}.`)
  }
  return hostRequire(id)
}
