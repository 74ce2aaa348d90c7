import { checkImports } from './import-rules.ts'
import { runProgram } from './run-program.ts'
import { root } from './place.ts'
import path from 'node:path'

interface Step {
  readonly name: string
  /** Answers whether all is well; what is not has been printed. */
  readonly run: () => Promise<boolean>
}

const steps: readonly Step[] = [
  program('format', 'prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  program('lint', 'eslint/bin/eslint.js', '.'),
  program('types', 'typescript/bin/tsc', '--project', 'tsconfig.json'),
  typesOf('admin-nuxt'),
  typesOf('portal-nuxt'),
  { name: 'imports', run: printImports },
  program('dead code', 'knip/bin/knip.js', '--no-progress', '--no-config-hints'),
  program('tidy', 'mocha/bin/mocha.js', 'test/tidy/*.test.ts'),
]

/** `npm run check [-- NAME …]`: everything a machine can judge without running the platform. All steps run. */
export async function check(names: readonly string[]): Promise<number> {
  const failed: string[] = []
  for (const { name, run } of steps.filter((step) => names.length === 0 || names.includes(step.name))) {
    const startedAt = performance.now()
    const isWell = await run()
    if (!isWell) failed.push(name)
    console.log(`  ${isWell ? '✔' : '✖'} ${name}  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  }
  if (failed.length > 0)
    console.log(`\nNot well: ${failed.join(', ')}. One alone: npm run check -- ${failed[0]}`)
  return failed.length > 0 ? 1 : 0
}

function program(name: string, bin: string, ...args: readonly string[]): Step {
  const run = async () => (await runProgram({ args: [`node_modules/${bin}`, ...args] })).code === 0
  return { name, run }
}

function typesOf(app: string): Step {
  const run = async () => {
    const args = [path.join(root, 'node_modules/nuxt/bin/nuxt.mjs'), 'typecheck']
    const env = { NUXT_TELEMETRY_DISABLED: '1' }
    return (await runProgram({ args, cwd: path.join(root, app), env })).code === 0
  }
  return { name: `types of ${app}`, run }
}

async function printImports(): Promise<boolean> {
  const report = await checkImports()
  if (report) console.log(report)
  return !report
}
