import { createHash } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { takeLock } from './lock.ts'
import { root } from './place.ts'
import { type Progress, terminalProgress } from './progress.ts'
import { runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'

const apps = ['admin-nuxt', 'portal-nuxt'] as const
type App = (typeof apps)[number]

const buildsDirectory = path.join(root, '.data/build')
const BUILDS_KEPT = 5

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
  const release = await waitForLock(buildsDirectory)
  try {
    for (const app of only) {
      const digest = sourcesDigest(app)
      if (!isForced && readStamp(app) === digest) continue
      await progress.step(`building ${app}`, () => buildApp(app, digest, signal))
    }
  } finally {
    release()
  }
}

function outputLink(app: App): string {
  return path.join(root, app, '.output')
}

/** The app as it was last built. The folder stays as it is: a later build is written into another one. */
export function builtApp(app: App): string {
  const link = outputLink(app)
  return existsSync(link) ? realpathSync(link) : link
}

/** The stamp lies inside the output, so it cannot outlive it. */
function readStamp(app: App): string | undefined {
  const stamp = path.join(outputLink(app), stampName)
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined
}

const stampName = 'sources.sha256'

/** Hashes all that can end up in an app: itself, the themes, what pages import of the kernel, the packages. */
function sourcesDigest(app: App): string {
  const patterns = [
    `${app}/**/*`,
    'themes/**/*',
    'kernel/{contract,money}/**/*.ts',
    'kernel/*/{routes,*refusals,ui-manifest,side-process}.ts',
    'kernel/*/routes/**/*.ts',
    'kernel/plugins/pages/**/*.ts',
  ]
  const isLeftOut = (file: string) => /(^|\/)(node_modules|\.nuxt|\.output|dist|\.data|test)(\/|$)/.test(file)
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

/** Builds into a fresh folder and then points `.output` to it, so that a running platform keeps what it runs on. */
async function buildApp(app: App, digest: string, signal?: AbortSignal): Promise<void> {
  const folder = mkdtempSync(path.join(buildsDirectory, `${app}-`))
  const logFile = path.join(root, '.data/log', `build-${app}.log`)
  const { code, lastLines } = await runProgram({
    args: [path.join(root, 'node_modules/nuxt/bin/nuxt.mjs'), 'build'],
    cwd: path.join(root, app),
    env: { NUXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production', CI: '1', CAMBIUM_OUTPUT: folder },
    logFile,
    ...(signal ? { signal } : {}),
  })
  if (code !== 0) {
    rmSync(folder, { recursive: true, force: true })
    throw new SetupError(`${app} could not be built (${logFile}):\n${lastLines.join('\n')}`)
  }
  writeFileSync(path.join(folder, stampName), digest)
  pointTo(app, folder)
  removeOldBuilds(app)
}

function pointTo(app: App, folder: string): void {
  const link = outputLink(app)
  // Nuxt, called by hand, makes a folder there; a link is replaced in one step.
  if (existsSync(link) && realpathSync(link) === link) rmSync(link, { recursive: true })
  const next = path.join(buildsDirectory, `${app}.next`)
  rmSync(next, { force: true })
  symlinkSync(folder, next)
  renameSync(next, link)
}

function removeOldBuilds(app: App): void {
  const builds = globSync(`${app}-*`, { cwd: buildsDirectory })
    .map((name) => path.join(buildsDirectory, name))
    .toSorted((left, right) => statSync(right).mtimeMs - statSync(left).mtimeMs)
  for (const build of builds.slice(BUILDS_KEPT)) rmSync(build, { recursive: true })
}

async function waitForLock(directory: string): Promise<() => void> {
  for (;;) {
    const release = await takeLock(directory)
    if (release) return release
    await pause(200)
  }
}
