import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Supervisor } from '../index.ts'
import { eventually, isAlive, nodeChild, stays, temporaryDirectory } from './children.ts'

describe('supervisor', () => {
  let logDirectory: string
  let supervisor: Supervisor
  let said: string[]

  beforeEach(() => {
    logDirectory = temporaryDirectory()
    said = []
    supervisor = new Supervisor({ logDirectory, say: (line) => said.push(line) })
  })

  afterEach(async () => {
    await supervisor.stop()
    rmSync(logDirectory, { recursive: true })
  })

  it('resolves a start with what the child told when it was ready', async () => {
    assert.deepEqual(await supervisor.start(nodeChild('told', stays)), { ready: true, mark: 7 })
  })

  it('starts a killed child again and leaves the others alone', async () => {
    await supervisor.start(nodeChild('victim', stays))
    await supervisor.start(nodeChild('bystander', stays))
    const victim = supervisor.pid('victim') ?? 0
    const bystander = supervisor.pid('bystander') ?? 0

    process.kill(victim, 'SIGKILL')
    await eventually(
      () => said.some((line) => line.includes('victim: is running again')),
      'the victim runs again',
    )

    assert.notEqual(supervisor.pid('victim'), victim)
    assert.equal(supervisor.pid('bystander'), bystander)
    assert.ok(isAlive(bystander))
  })

  it('gives up a child that keeps ending and shows its last lines', async () => {
    const flag = path.join(logDirectory, 'started-once')
    await supervisor.start(
      nodeChild(
        'hopeless',
        `const { existsSync, writeFileSync } = require('node:fs')
         if (existsSync('${flag}')) { console.error('the disk has a hole'); process.exit(3) }
         writeFileSync('${flag}', ''); ${stays}`,
      ),
    )
    process.kill(supervisor.pid('hopeless') ?? 0, 'SIGKILL')
    await assert.rejects(supervisor.failure, /hopeless ended 6 times in a minute[^]*the disk has a hole/)
  }).timeout(30_000)

  it('refuses a child that ends before it is ready, with its exit code and last words', async () => {
    const start = supervisor.start(nodeChild('early', `console.error('no such table'); process.exit(2)`))
    await assert.rejects(start, /early ended before it was ready \(exit code 2\)[^]*no such table/)
  })

  it('refuses a child that is not ready in time, and ends it', async () => {
    const silent = nodeChild('silent', 'setInterval(() => {}, 1e6)', { readyTimeoutMs: 200 })
    await assert.rejects(supervisor.start(silent), /silent was not ready after 0\.2 s/)
    assert.ok(!isAlive(supervisor.pid('silent') ?? 0))
  })

  it('stops the newest child first', async () => {
    const order = path.join(logDirectory, 'order')
    writeFileSync(order, '')
    const tells = (name: string) =>
      `process.on('SIGTERM', () => { require('node:fs').appendFileSync('${order}', '${name} '); process.exit(0) }); ${stays}`
    for (const name of ['first', 'second', 'third']) await supervisor.start(nodeChild(name, tells(name)))

    await supervisor.stop()
    assert.equal(readFileSync(order, 'utf8'), 'third second first ')
  })

  it('lets a child that must be ready to stop become ready first', async () => {
    const late = `setInterval(() => {
      process.on('SIGTERM', () => { console.error('stopped well'); process.exit(0) }); ${stays} }, 300)`
    const starting = supervisor.start(nodeChild('late', late, { mustBeReadyToStop: true }))
    await eventually(() => supervisor.pid('late') !== undefined, 'the child is there')

    await supervisor.stop()
    await starting
    assert.match(readFileSync(path.join(logDirectory, 'late.log'), 'utf8'), /stopped well/)
  })

  it('kills a child that ignores being told to stop', async () => {
    const deaf = `process.on('SIGTERM', () => {}); ${stays}`
    await supervisor.start(nodeChild('deaf', deaf, { stopTimeoutMs: 100 }))
    const pid = supervisor.pid('deaf') ?? 0

    await supervisor.stop()
    assert.ok(!isAlive(pid))
    assert.ok(said.some((line) => line.includes('deaf did not stop in 0.1 s and was killed')))
  })

  it('leaves no child behind when it is killed itself', async () => {
    const face = path.resolve(import.meta.dirname, '../index.ts')
    const program = `
      const { Supervisor, whenReadyLine } = await import(${JSON.stringify(face)})
      const supervisor = new Supervisor({ logDirectory: ${JSON.stringify(logDirectory)}, say() {} })
      const args = ['-e', ${JSON.stringify(stays)}]
      await supervisor.start({ name: 'orphan', command: process.execPath, args, ready: whenReadyLine,
        readyTimeoutMs: 5000, stopTimeoutMs: 5000 })
      console.log(supervisor.pid('orphan'))`
    const other = spawn(process.execPath, ['--input-type=module', '-e', program])
    const [output] = (await once(other.stdout, 'data')) as [Buffer]
    const orphan = Number(output.toString())
    assert.ok(isAlive(orphan))

    other.kill('SIGKILL')
    await eventually(() => !isAlive(orphan), 'the orphan is gone')
  })
})
