import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const kernelDirectory = fileURLToPath(new URL('../..', import.meta.url))

/** Drivers and dialects that knex would load: a runner speaks one dialect, and has no use for a driver. */
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
const otherDialects =
  /^\.(\.\/dialects)?\/(better-sqlite3|cockroachdb|mssql|oracledb|pgnative|postgres|redshift|sqlite3)/
const typeboxParts = ['', '/compile', '/error', '/format', '/guard', '/schema', '/system', '/type', '/value']

/** What a plugin may require of the kernel's own. */
function faces(): readonly string[] {
  const routes = globSync('*/routes.ts', { cwd: kernelDirectory }).map((file) => file.replace(/\.ts$/, ''))
  return [
    '@cambium/kernel',
    ...['contract', 'money', ...routes.toSorted()].map((face) => `@cambium/kernel/${face}`),
    ...typeboxParts.map((part) => `typebox${part}`),
  ]
}

/**
 * The larger half of it is what only some plugins use: those parts are texts within the text, which nobody reads before
 * they are asked for.
 */
async function bundle(): Promise<string> {
  const own = faces().map((id) => `${JSON.stringify(id)}: () => require(${JSON.stringify(id)})`)
  const [main, database, objection] = await Promise.all([
    bundled(`
      import { runRunner } from './plugins/isolation/runner/main.ts'
      runRunner({ modules: { ${own.join(',\n')}, knex: () => late.database().knex, objection: () => late.objection() },
        require: runnerRequire, database: () => late.database().remote })`),
    bundled(`
      exports.remote = require('./plugins/isolation/runner/remote-database.ts')
      exports.knex = require('knex')`),
    bundled(`module.exports = require('objection')`),
  ])
  // The loader is a parameter, and gone from the globals where an evaluated program finds it.
  return `'use strict';((runnerRequire)=>{
    const {compileFunction}=runnerRequire('node:vm');
    const asked=(code)=>{let made;return()=>{if(!made){made={exports:{}};
      compileFunction(code,['require','module','exports'])(runnerRequire,made,made.exports)}return made.exports}};
    const late={database:asked(${JSON.stringify(database)}),objection:asked(${JSON.stringify(objection)})};
    ((late,runnerRequire,require,module,exports)=>{${main}
    })(late,runnerRequire,runnerRequire,{exports:{}},{})
  })(globalThis.require??require)`
}

async function bundled(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: kernelDirectory, sourcefile: 'runner.ts', loader: 'ts' },
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
    plugins: [
      {
        name: 'one-dialect',
        setup: ({ onResolve }) => {
          onResolve({ filter: otherDialects }, ({ path, importer }) =>
            /knex.lib.dialects.index\.js$/.test(importer) ? { path, external: true } : undefined,
          )
        },
      },
    ],
  })
  return outputFiles[0]?.text ?? ''
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
