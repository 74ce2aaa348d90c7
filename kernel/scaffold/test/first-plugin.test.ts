import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createTestKernel, type TestKernel } from '../../testing/index.ts'
import { follow, readSteps } from './walkthrough.ts'

const root = path.resolve(import.meta.dirname, '../../..')

describe('the page of the first plugin', function () {
  this.timeout(240_000)
  let checkout: string
  let kernel: TestKernel

  /** A folder that looks like a checkout to who stands in it, with no plugin yet. */
  before(async () => {
    checkout = await mkdtemp(path.join(tmpdir(), 'cambium-first-plugin-'))
    await mkdir(path.join(checkout, 'plugins'))
    await cp(path.join(root, 'package.json'), path.join(checkout, 'package.json'))
    for (const name of ['node_modules', 'test']) {
      await symlink(path.join(root, name), path.join(checkout, name))
    }
    kernel = await createTestKernel({
      pluginsDirectory: path.join(checkout, 'plugins'),
      isDevelopment: true,
    })
  })
  after(async () => {
    await kernel?.stop()
    await rm(checkout, { recursive: true, force: true })
  })

  it('is true from its first line to its last', async () => {
    const steps = readSteps(await readFile(path.join(root, 'docs/plugins/your-first-plugin.md'), 'utf8'))
    for (const step of steps) {
      await follow(step, {
        directory: checkout,
        environment: { ...process.env, OPERATOR_SOCKET: kernel.operatorSocket },
        addresses: { 'http://localhost:3000': kernel.origin },
      })
    }
    assert.deepEqual(await readdir(path.join(checkout, 'plugins')), ['reading-list'])
    assert.ok((await readdir(checkout)).includes('reading-list-0.2.0.tgz'))
  })
})
