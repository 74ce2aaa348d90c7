/** A real NATS server with JetStream on a folder of its own; it can be killed and started again on the same port. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { eventually } from './two-engines.ts'

/** `npm test` installs or unpacks the server and says where it is. */
const program = process.env.NATS_SERVER ?? '/usr/sbin/nats-server'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

export class NatsServer {
  readonly #folder: string
  #port = 0
  #child: ChildProcess | undefined

  constructor(folder: string) {
    if (!existsSync(program)) throw new Error(`${program} is missing: run these tests by npm test`)
    this.#folder = join(folder, 'nats')
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`
  }

  stream(name: string): string {
    return `jetstream://127.0.0.1:${this.#port}/${name}`
  }

  async start(...options: string[]): Promise<void> {
    this.#port ||= await freePort()
    const args = ['-a', '127.0.0.1', '-p', String(this.#port), '-js', '-sd', this.#folder, ...options]
    this.#child = spawn(program, args, { stdio: 'ignore' })
    await eventually(() => this.#answers(), 'the NATS server answers')
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const probe = connect(this.#port, '127.0.0.1')
      probe.once('connect', () => {
        probe.destroy()
        resolve(true)
      })
      probe.once('error', () => {
        resolve(false)
      })
    })
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
  }
}
