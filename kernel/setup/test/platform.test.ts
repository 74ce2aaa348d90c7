import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, silentProgress, startPlatform, takeLock } from '../index.ts'
import { root } from '../place.ts'

/** Runs one word of the scripts to its end. */
function run(
  word: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = path.join(root, 'kernel/setup/main.mjs')
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, word],
      { env: { ...process.env, ...env } },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

describe('platform start', function () {
  this.timeout(30_000)
  let directory: string
  const start = (more: Partial<Parameters<typeof startPlatform>[0]>) =>
    startPlatform({ directory, port: 1, progress: silentProgress, ...more })

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cambium-start-'))
  })

  afterEach(() => rmSync(directory, { recursive: true }))

  it('refuses a port that is taken and names another', async () => {
    const other = createServer().listen(0)
    const { port } = other.address() as { port: number }
    await assert.rejects(start({ port }), {
      message: `Port ${port} is taken by another program; choose another one: PORT=${port + 1} npm start`,
    })
    other.close()
  })

  it('refuses data on which a platform is already running, and says where', async () => {
    const port = await freePort()
    const unlock = await takeLock(path.join(directory, 'platform'))
    await assert.rejects(start({ port }), /Cambium is already running on .*cambium-start-/)
    unlock?.()
  })

  it('leaves running data to their platform when they are to be migrated or seeded', async () => {
    const unlock = await takeLock(path.join(directory, 'platform'))
    for (const word of ['migrate', 'seed']) {
      const { code, stdout } = await run(word, { CAMBIUM_DATA: directory })
      assert.equal(code, 0)
      assert.match(stdout, /^Cambium is running: it [^\n]*\n$/)
    }
    unlock?.()
  })

  it('refuses a database that nobody answers', async () => {
    const [port, databasePort] = [await freePort(), await freePort()]
    const databaseUrl = `mysql://cambium:secret@127.0.0.1:${databasePort}/cambium`
    await assert.rejects(start({ port, databaseUrl }), (error: Error) => {
      assert.match(error.message, /^The database at 127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED/)
      assert.doesNotMatch(error.message, /secret/)
      return true
    })
  })

  it('leaves the data free after a refusal', async () => {
    const other = createServer().listen(0)
    const { port } = other.address() as { port: number }
    await assert.rejects(start({ port }), /taken/)
    await assert.rejects(start({ port }), /taken/)
    other.close()
  })

  it('answers a wrong word or PORT with one sentence and a failing exit code', async () => {
    const port = await run('start', { PORT: 'eighty' })
    assert.deepEqual([port.code, port.stderr], [1, 'PORT must be a number from 1 to 65535, not eighty.\n'])
    const word = await run('strat', {})
    assert.equal(word.code, 1)
    assert.match(word.stderr, /^Say one of: npm run start, [^\n]*\n$/)
  })
})
