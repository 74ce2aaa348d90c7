import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startPrivateRegistry, type PrivateRegistry } from '../../plugins/packages/test/private-registry.ts'
import { follow, readSteps } from '../../scaffold/test/walkthrough.ts'
import { root } from '../../setup/index.ts'
import { createTestKernel, type TestKernel } from '../../testing/index.ts'
import { serveInstalledPackages, type InstalledPackages } from './installed-packages.ts'

describe('a plugin outside this repository', function () {
  this.timeout(600_000)
  let place: string
  let installed: InstalledPackages
  let registry: PrivateRegistry
  let kernel: TestKernel
  let environment: NodeJS.ProcessEnv

  before(async () => {
    place = await mkdtemp(path.join(tmpdir(), 'cambium-outside-'))
    installed = await serveInstalledPackages()
    registry = await startPrivateRegistry(installed.url)
    // An author's machine: npm knows this registry and no other, and nothing was installed before.
    await writeFile(path.join(place, '.npmrc'), `${registry.url.replace('http:', '')}:_authToken=anybody\n`)
    environment = {
      PATH: process.env.PATH,
      HOME: place,
      npm_config_cache: path.join(place, '.cache'),
      npm_config_registry: registry.url,
      npm_config_audit: 'false',
      npm_config_update_notifier: 'false',
    }
    await mkdir(path.join(place, 'cambium/plugins'), { recursive: true })
    await cp(path.join(root, 'package.json'), path.join(place, 'cambium/package.json'))
    await symlink(path.join(root, 'node_modules'), path.join(place, 'cambium/node_modules'))
    kernel = await createTestKernel({ pluginsDirectory: path.join(place, 'cambium/plugins') })
  })
  after(async () => {
    await kernel?.stop()
    await registry?.stop()
    installed?.stop()
    await rm(place, { recursive: true, force: true })
  })

  it('is begun, checked, packed, signed and served as the page about it says', async () => {
    let directory = path.join(place, 'cambium')
    for (const step of readSteps(await readFile(path.join(root, 'docs/plugins/outside.md'), 'utf8'))) {
      const folder = step.kind === 'run' && /^cd (\S+)$/.exec(step.command)?.[1]
      if (folder) directory = path.join(directory, folder)
      else {
        await follow(step, {
          directory,
          environment: { ...environment, OPERATOR_SOCKET: kernel.operatorSocket },
          addresses: {
            'http://localhost:4873': registry.url,
            'http://localhost:3000': kernel.origin,
            '/path/to/cambium': root,
          },
        })
      }
    }
  })

  it('is told of mistakes in server code and pages, by declarations that are whole', async () => {
    const directory = path.join(place, 'my-plugins/reading-list')
    const inServer = await spoil(directory, 'server/server.ts', 'log }) =>', 'log, words }) =>')
    const inPage = await spoil(directory, 'portal/ReadingListPage.vue', 'color="neutral"', 'color="grey"')
    // Of libraries too: one import that cannot be resolved would make a type of anything.
    const said = await execute('npm', ['run', 'types', '--', '--skipLibCheck', 'false'], directory)
    const mistakes = [...said.matchAll(/^(.*)\(\d+,\d+\): error (TS\d+)/gm)]
    const places = mistakes.map(([text]) => text.split(',')[0]).sort()
    assert.deepEqual(places, [inPage, inServer], said)
  })

  /** Answers where the mistake is, as the compiler writes it. */
  async function spoil(directory: string, name: string, right: string, wrong: string): Promise<string> {
    const file = path.join(directory, name)
    const text = await readFile(file, 'utf8')
    assert.ok(text.includes(right), `${name} has no ${right}`)
    await writeFile(file, text.replace(right, wrong))
    return `${name}(${text.slice(0, text.indexOf(right)).split('\n').length}`
  }

  async function execute(command: string, args: readonly string[], cwd: string): Promise<string> {
    return new Promise((resolve) => {
      execFile(command, args, { cwd, env: environment }, (_, stdout, stderr) => resolve(stdout + stderr))
    })
  }
})
