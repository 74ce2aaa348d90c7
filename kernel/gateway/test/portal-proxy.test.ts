import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPortalProxy, type PortalProxy } from '../portal-proxy.ts'

const ANSWER_MS_MAX = 2_000
const UPLOAD_BYTES = 20_000_000

/**
 * A portal that never ends an answer: of `/page` nothing comes, of `/head` the head, of `/stream` the beginning.
 * A connection that was used for `/idle` before is closed at the next request: it had been idle for too long.
 */
const portalProgram = `
  const server = require('node:http').createServer((request, response) => {
    if (request.url !== '/upload') request.resume()
    if (request.url === '/head') response.writeHead(200, { 'content-length': 9 }).flushHeaders()
    if (request.url === '/stream') response.write('beginning')
    if (request.url === '/quick') response.end('quick')
    if (request.url === '/idle') request.socket.isIdle ? request.socket.destroy() : response.end('new')
    request.socket.isIdle = request.url === '/idle'
    process.send('entered')
  })
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
  process.on('disconnect', () => process.exit())`

describe('portal proxy', () => {
  let portal: ChildProcess
  let proxy: PortalProxy
  let door: Server
  let origin: string

  beforeEach(async () => {
    portal = spawn(process.execPath, ['-e', portalProgram], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const [{ port }] = (await once(portal, 'message')) as [{ port: number }]
    proxy = createPortalProxy(`http://127.0.0.1:${port}`)
    door = createServer((incoming, response) => void proxy.serve(incoming, response)).listen(0)
    await once(door, 'listening')
    origin = `http://127.0.0.1:${(door.address() as AddressInfo).port}`
  })

  afterEach(() => {
    portal.kill('SIGKILL')
    proxy.stop()
    door.closeAllConnections()
    door.close()
  })

  /** Kills the portal once it holds `count` requests; an answer that hangs fails with a timeout. */
  async function askAndKill(path: string, count: number): Promise<Response[]> {
    let entered = 0
    const held = new Promise<void>((resolve) => portal.on('message', () => ++entered === count && resolve()))
    const answers = Array.from({ length: count }, () =>
      fetch(origin + path, {
        headers: { accept: 'text/html' },
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      }),
    )
    await held
    portal.kill('SIGKILL')
    return Promise.all(answers)
  }

  it('answers with the friendly page when the portal dies over a request', async () => {
    for (const answer of await askAndKill('/page', 20)) {
      assert.equal(answer.status, 503)
      assert.match(await answer.text(), /looks again by itself/)
    }
  })

  it('takes an upload to its end when the portal dies over it, and answers it', async () => {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX)
    const agent = new Agent({ keepAlive: true })
    const upload = request(`${origin}/upload`, { method: 'POST', agent, signal })
    const [sent, answered] = [once(upload, 'finish'), once(upload, 'response')]
    const entered = once(portal, 'message')
    upload.end('a'.repeat(UPLOAD_BYTES))
    await entered
    portal.kill('SIGKILL')
    const [answer] = (await answered) as [IncomingMessage]
    assert.equal(answer.statusCode, 503)
    answer.resume()
    await sent
    agent.destroy()
  })

  it('cuts an answer of which only the head had come', async () => {
    await assert.rejects(askAndKill('/head', 1), /fetch failed/)
  })

  it('cuts an answer that had begun', async () => {
    const answer = await fetch(`${origin}/stream`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) })
    portal.kill('SIGKILL')
    await assert.rejects(answer.text(), /terminated/)
  })

  it('answers at once when the connection it kept has died', async () => {
    const quick = await fetch(`${origin}/quick`)
    assert.equal(await quick.text(), 'quick')
    portal.kill('SIGKILL')
    await once(portal, 'exit')
    const answer = await fetch(`${origin}/quick`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) })
    assert.equal(answer.status, 503)
  })

  it('asks once more when the portal closes an idle connection at the moment it is used', async () => {
    for (let asked = 0; asked < 3; asked++) {
      const answer = await fetch(`${origin}/idle`)
      assert.equal(answer.status, 200)
      assert.equal(await answer.text(), 'new')
    }
  })

  it('sends nothing twice that may have changed something', async () => {
    await (await fetch(`${origin}/idle`)).text()
    const answer = await fetch(`${origin}/idle`, { method: 'POST', body: 'once' })
    assert.equal(answer.status, 503)
  })
})
