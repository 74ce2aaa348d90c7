import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { root, runProgram } from '../setup/index.ts'

export interface EmitRequest {
  /** The compiler's program, below `node_modules`. */
  readonly compiler: 'typescript/bin/tsc' | 'vue-tsc/bin/vue-tsc.js'
  readonly extends: string
  readonly include: readonly string[]
  /** Where the declarations are written, in the tree of the sources; inside the repository, so that packages are found. */
  readonly directory: string
}

/** Lets the compiler write declarations. Types were checked before: `npm run check`. */
export async function emitDeclarations(request: EmitRequest): Promise<void> {
  const { compiler, directory } = request
  const project = path.join(directory, 'tsconfig.json')
  await mkdir(directory, { recursive: true })
  await writeFile(
    project,
    JSON.stringify({
      extends: request.extends,
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        noCheck: true,
        rewriteRelativeImportExtensions: true,
        outDir: directory,
        rootDir: root,
      },
      include: request.include,
      exclude: [],
    }),
  )
  await runTool([path.join(root, 'node_modules', compiler), '--project', project])
}

/** Runs a program of `node_modules` to its end; throws its last lines when it fails. */
export async function runTool(args: readonly string[], cwd = root): Promise<void> {
  const logFile = path.join(root, '.data/log/author-packages.log')
  const { code, lastLines } = await runProgram({
    args,
    cwd,
    logFile,
    env: { NUXT_TELEMETRY_DISABLED: '1' },
  })
  if (code !== 0) throw new Error(`The declarations could not be made (${logFile}):\n${lastLines.join('\n')}`)
}
