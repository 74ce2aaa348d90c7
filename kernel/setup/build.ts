import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { takeLock } from './lock.ts'
import { root } from './place.ts'
import { type Progress, terminalProgress } from './progress.ts'
import { runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'

const apps = ['admin-nuxt', 'portal-nuxt'] as const
type App = (typeof apps)[number]

export interface BuildOptions {
  readonly only?: readonly App[]
  readonly isForced?: boolean
  readonly signal?: AbortSignal | undefined
}

export async function build(args: readonly string[]): Promise<number> {
  await buildApps(terminalProgress, { isForced: args.includes('--force') })
  return 0
}

/** Builds each app whose sources changed since its last build, one after the other: each needs up to 2 GB. */
export async function buildApps(progress: Progress, options: BuildOptions = {}): Promise<void> {
  const { only = apps, isForced = false, signal } = options
  const release = await waitForLock(path.join(root, '.data/build'))
  try {
    for (const app of only) {
      const digest = sourcesDigest(app)
      if (!isForced && readStamp(app) === digest) continue
      await progress.step(`building ${app}`, () => buildApp(app, signal))
      writeFileSync(stampFile(app), digest)
    }
  } finally {
    release()
  }
}

/** The stamp lies inside the output, so it cannot outlive it. */
function stampFile(app: App): string {
  return path.join(root, app, '.output/sources.sha256')
}

function readStamp(app: App): string | undefined {
  return existsSync(stampFile(app)) ? readFileSync(stampFile(app), 'utf8') : undefined
}

/** Hashes all that can end up in an app: itself, the themes, what pages import of the kernel, the packages. */
function sourcesDigest(app: App): string {
  const patterns = [
    `${app}/**/*`,
    'themes/**/*',
    'kernel/{contract,money}/**/*.ts',
    'kernel/*/{routes,*refusals,ui-manifest}.ts',
  ]
  const isLeftOut = (file: string) => /(^|\/)(node_modules|\.nuxt|\.output|\.data|test)(\/|$)/.test(file)
  const files = globSync([...patterns, 'package-lock.json'], {
    cwd: root,
    withFileTypes: true,
    exclude: (entry) => isLeftOut(entry.name),
  })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((file) => !isLeftOut(file))
  const hash = createHash('sha256')
  for (const file of files.toSorted()) hash.update(`${file}\0`).update(readFileSync(path.join(root, file)))
  return hash.digest('hex')
}

async function buildApp(app: App, signal?: AbortSignal): Promise<void> {
  rmSync(stampFile(app), { force: true })
  const logFile = path.join(root, '.data/log', `build-${app}.log`)
  const { code, lastLines } = await runProgram({
    args: [path.join(root, 'node_modules/nuxt/bin/nuxt.mjs'), 'build'],
    cwd: path.join(root, app),
    env: { NUXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production', CI: '1' },
    logFile,
    ...(signal ? { signal } : {}),
  })
  if (code !== 0) throw new SetupError(`${app} could not be built (${logFile}):\n${lastLines.join('\n')}`)
}

async function waitForLock(directory: string): Promise<() => void> {
  for (;;) {
    const release = await takeLock(directory)
    if (release) return release
    await pause(200)
  }
}
