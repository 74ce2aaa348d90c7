import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const kernelDirectory = fileURLToPath(new URL('../..', import.meta.url))

/** Drivers that knex would load: a runner has no use for one. */
const drivers = [
  'mysql',
  'mysql2',
  'pg',
  'pg-query-stream',
  'sqlite3',
  'better-sqlite3',
  'oracledb',
  'tedious',
  'mariadb',
]
const typeboxParts = ['', '/compile', '/error', '/format', '/guard', '/schema', '/system', '/type', '/value']

/** What a plugin may require; behind functions, so that a runner loads only what its plugin uses. */
function modules(): readonly string[] {
  const routes = globSync('*/routes.ts', { cwd: kernelDirectory }).map((file) => file.replace(/\.ts$/, ''))
  return [
    '@cambium/kernel',
    ...['contract', 'money', ...routes.toSorted()].map((face) => `@cambium/kernel/${face}`),
    ...typeboxParts.map((part) => `typebox${part}`),
    'knex',
    'objection',
  ]
}

function entry(): string {
  const own = modules().map((id) => `${JSON.stringify(id)}: () => require(${JSON.stringify(id)})`)
  return `
    import { runRunner } from './plugins/isolation/runner/main.ts'
    runRunner({
      modules: { ${own.join(',\n')} },
      require: runnerRequire,
      database: () => require('./plugins/isolation/runner/remote-database.ts'),
    })`
}

let program: Promise<string> | undefined

/** The runner's program as one text, built once: it needs neither files nor a module loader where it runs. */
export function runnerProgram(): Promise<string> {
  program ??= bundle().catch((error: unknown) => {
    program = undefined
    throw error
  })
  return program
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: entry(), resolveDir: kernelDirectory, sourcefile: 'runner.ts', loader: 'ts' },
    absWorkingDir: kernelDirectory,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'silent',
    tsconfigRaw: '{}',
    external: drivers,
    define: { 'import.meta.url': '"file:///cambium/runner.ts"' },
  })
  const code = outputFiles[0]?.text ?? ''
  // The loader is a parameter, and gone from the globals where an evaluated program finds it.
  return `'use strict';((runnerRequire)=>{const require=runnerRequire,module={exports:{}},exports=module.exports;${code}
})(globalThis.require??require)`
}
