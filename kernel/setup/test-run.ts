import { globSync } from 'node:fs'
import path from 'node:path'
import { testServices } from '../testing/services.ts'
import { buildApps } from './build.ts'
import { provideChromium, provideNatsServer } from './debian-packages.ts'
import { root } from './place.ts'
import { terminalProgress as progress } from './progress.ts'
import { runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'

const units = '{kernel,engine,migrations,plugins/*,themes/*,admin-nuxt,portal-nuxt}'

/** `npm test [-- path …]`: provides what the tests need, then runs all of them or those below the given paths. */
export async function test(args: readonly string[]): Promise<number> {
  const files = testFiles(args)
  if (files.length === 0) throw new SetupError(`No test file matches ${args.join(' ')}.`)

  const needsBrowser = files.some((file) => file.startsWith('test/end-to-end/'))
  const env: Record<string, string> = {}
  if (needsBrowser) {
    env.CHROME_PATH = await progress.step('Chromium', provideChromium)
    await buildApps(progress)
  } else if (files.some((file) => /\/(plugin|first-plugin|page-gate)\.test\.ts$/.test(file))) {
    // A plugin's contract, and the gate before new pages, have pages rendered by the portal.
    await buildApps(progress, { only: ['portal-nuxt'] })
  }
  if (files.some((file) => file.startsWith('engine/standby/'))) {
    env.NATS_SERVER = await progress.step('NATS', () => provideNatsServer(path.join(root, '.data/test')))
  }
  // Held until the tests are over, so that the servers do not stop between two files.
  const services = await progress.step('MariaDB and Redis', testServices)
  const { code } = await runProgram({ args: ['node_modules/mocha/bin/mocha.js', ...files], env })
  services.release()
  return code
}

/** Unit tests first, journeys in the browser last. Explicit folders: nothing of node_modules or a build is a test. */
export function testFiles(paths: readonly string[]): string[] {
  const isBuilt = (file: string) => /(^|\/)(node_modules|\.nuxt|\.output)(\/|$)/.test(file)
  const all = [
    `${units}/**/test/**/*.test.ts`,
    'test/tidy/*.test.ts',
    'test/*.test.ts',
    'test/end-to-end/**/*.test.ts',
  ].flatMap((pattern) =>
    globSync(pattern, { cwd: root, exclude: isBuilt })
      .filter((file) => !isBuilt(file))
      .toSorted(),
  )
  if (paths.length === 0) return all
  const wanted = paths.map((given) => path.relative(root, path.resolve(root, given)))
  return all.filter((file) => wanted.some((place) => file === place || file.startsWith(`${place}/`)))
}
