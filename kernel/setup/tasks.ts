import { SetupError } from './setup-error.ts'

/** One word of package.json's scripts. Answers the exit code. */
export type Task = (args: readonly string[]) => Promise<number>

const tasks: Readonly<Record<string, () => Promise<Task>>> = {
  start: async () => (await import('./start.ts')).start,
  dev: async () => (await import('./start.ts')).dev,
  test: async () => (await import('./test-run.ts')).test,
  check: async () => (await import('./check.ts')).check,
  build: async () => (await import('./build.ts')).build,
  bench: async () => (await import('./programs.ts')).bench,
  migrate: async () => (await import('./programs.ts')).migrate,
  seed: async () => (await import('./programs.ts')).seed,
  simulate: async () => (await import('./programs.ts')).simulate,
  screens: async () => (await import('./programs.ts')).screens,
  docs: async () => (await import('./programs.ts')).docs,
}

const [word = '', ...args] = process.argv.slice(2)
try {
  const load = tasks[word]
  if (!load) throw new SetupError(`There is no task called ${word}.`)
  const task = await load()
  process.exitCode = await task(args)
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error)
  process.exitCode = 1
}
