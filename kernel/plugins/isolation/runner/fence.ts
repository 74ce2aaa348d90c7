/**
 * Takes away what would lead a plugin's code past its kernel: the network, the module loader, the real `process`. A fence
 * inside the language is no wall; docs/plugins/isolation.md says what holds without it.
 */
type Require = (id: string) => unknown

const removed = [
  'fetch',
  'WebSocket',
  'EventSource',
  'CloseEvent',
  'navigator',
  'Storage',
  'localStorage',
  'sessionStorage',
  'require',
  'module',
  'exports',
  '__filename',
  '__dirname',
  'BroadcastChannel',
  'Worker',
]

/** Pure parts of Node: they open nothing and start nothing. */
const allowedBuiltins: ReadonlySet<string> = new Set([
  'assert',
  'assert/strict',
  'async_hooks',
  'buffer',
  'crypto',
  'events',
  'path',
  'path/posix',
  'perf_hooks',
  'punycode',
  'querystring',
  'stream',
  'stream/promises',
  'stream/consumers',
  'stream/web',
  'string_decoder',
  'timers',
  'timers/promises',
  'url',
  'util',
  'util/types',
  'zlib',
])

/** The modules a plugin's bundle may require: the kernel's faces, made when they are first asked for, and Node's pure ones. */
export function fencedRequire(modules: Readonly<Record<string, () => unknown>>, require: Require): Require {
  return (id) => {
    const own = Object.hasOwn(modules, id) ? modules[id] : undefined
    if (own) return own()
    const builtin = id.replace(/^node:/, '')
    if (allowedBuiltins.has(builtin)) return require(`node:${builtin}`)
    throw new Error(`A plugin may not import ${id} in a runner.`)
  }
}

const silent = Object.freeze({ fd: 2, isTTY: false, columns: 80, write: () => true })

/** Runs once, before any code of the plugin. */
export function raiseFence(): void {
  const real = process
  const { platform, version, versions, arch, pid } = real
  const harmless = {
    platform,
    version,
    versions,
    arch,
    pid,
    argv: [],
    execArgv: [],
    env: {},
    exitCode: undefined,
    nextTick: real.nextTick.bind(real),
    hrtime: real.hrtime.bind(real),
    uptime: real.uptime.bind(real),
    memoryUsage: real.memoryUsage.bind(real),
    cpuUsage: real.cpuUsage.bind(real),
    // Libraries ask whether they print to a terminal; what they print goes nowhere.
    stdout: silent,
    stderr: silent,
    emitWarning: () => undefined,
    cwd: () => '/',
    exit: real.exit.bind(real),
    on: () => harmless,
    once: () => harmless,
    off: () => harmless,
  }
  const { builtinModules } = real.getBuiltinModule('node:module')
  for (const name of [...removed, ...builtinModules.filter((id) => /^[a-z_]+$/.test(id))]) {
    if (name !== 'process' && name !== 'console' && name !== 'crypto' && name !== 'performance') {
      Reflect.deleteProperty(globalThis, name)
    }
  }
  Object.defineProperty(globalThis, 'process', { value: Object.freeze(harmless), configurable: false })
}
