import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { testServices, type TestServices } from '../testing/services.ts'
import { startTestEngine } from '../testing/test-engine.ts'

const program = fileURLToPath(new URL('../main.ts', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly error: string
}

describe('kernel program', () => {
  let services: TestServices
  let directory: string

  before(async () => {
    services = await testServices()
    directory = await mkdtemp(path.join(tmpdir(), 'cambium-main-'))
  })

  after(async () => {
    services.release()
    await rm(directory, { recursive: true })
  })

  async function run(word: string, changes: Record<string, string>): Promise<Ended> {
    const environment = {
      PATH: process.env.PATH,
      DATABASE_URL: services.databaseUrl,
      REDIS_URL: services.redisUrl,
      ENGINE_SOCKET: path.join(directory, 'no-engine.sock'),
      CAMBIUM_DATA: directory,
      CAMBIUM_DEMO: '0',
      PORT: '0',
    }
    const child = spawn(process.execPath, [program, word], {
      env: { ...environment, ...changes },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let error = ''
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, error }
  }

  const sentences: readonly (readonly [string, Record<string, string>, RegExp])[] = [
    ['serve', { PORT: 'many' }, /^PORT is "many" and must be a number from 0 to 65535\.\n$/],
    ['serve', { CAMBIUM_DEMO: 'yes' }, /^CAMBIUM_DEMO is "yes" and must be 1 or 0\.\n$/],
    [
      'serve',
      { CAMBIUM_DEMOO: '1' },
      /^CAMBIUM_DEMOO is no variable of Cambium; .*CAMBIUM_STOP_DELAY_SECONDS\.\n$/,
    ],
    ['serve', { DATABASE_URL: '' }, /^DATABASE_URL is not set; .*\n$/],
    ['serve', { PORTAL_ORIGIN: 'portal' }, /^PORTAL_ORIGIN is "portal" and must be an address like .*\n$/],
    [
      'serve',
      { DATABASE_URL: 'mysql://a:b@127.0.0.1:1/x' },
      /^The database cannot be reached: .*ECONNREFUSED.*\n$/,
    ],
    ['serve', { REDIS_URL: 'redis://127.0.0.1:1' }, /^Redis cannot be reached: .*ECONNREFUSED.*\n$/m],
    ['seed', {}, /^The engine does not answer at .*ENOENT.*\n$/],
  ]
  for (const [word, changes, sentence] of sentences) {
    it(`says in one sentence what is wrong with ${Object.entries(changes).flat().join(' ') || word}`, async () => {
      const { code, error } = await run(word, changes)
      assert.match(error, sentence)
      assert.equal(code, 1)
    })
  }

  it('says in one sentence that its port is taken', async () => {
    const taken = createServer().listen(0)
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const { code, error } = await run('serve', { PORT: String(port) })
    taken.close()
    assert.match(
      error,
      new RegExp(`^Port ${port} is taken: stop what uses it, or choose another with PORT=…$`, 'm'),
    )
    assert.equal(code, 1)
  })

  it('seeds the demo, twice as well as once', async function () {
    this.timeout(60_000)
    const engine = await startTestEngine(path.join(directory, 'engine'))
    try {
      for (const time of ['first', 'second']) {
        const { code, error } = await run('seed', { ENGINE_SOCKET: engine.socket })
        assert.equal(code, 0, `${time}: ${error}`)
      }
    } finally {
      await engine.stop()
    }
  })

  it('writes the API and the problems as files', async () => {
    const { code } = await run('docs', {})
    assert.equal(code, 0)
    const openApi = JSON.parse(await readFile(path.join(directory, 'docs/openapi.json'), 'utf8')) as {
      paths: Record<string, unknown>
    }
    assert.ok(openApi.paths['/api/identity/login'])
    const page = await readFile(path.join(directory, 'docs/problems/ledger.insufficient_funds.html'), 'utf8')
    assert.match(page, /ledger\.insufficient_funds/)
  })
})
