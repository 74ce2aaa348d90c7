/** A real engine process on a folder of its own, to be stopped, killed and started again. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectEngine, type EngineClient } from '../client/client.ts'
import type { MarketCommand } from '../messages/command.ts'

/** Shared by all starts: compiling is most of what a short life costs. */
const compiled = join(tmpdir(), 'cambium-engine-compiled')
const main = new URL('../main.ts', import.meta.url).pathname

export const market: MarketCommand = {
  op: 'market',
  market: 'BTC-USDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  lotSize: '0.01',
  makerFeePpm: 0,
  takerFeePpm: 0,
}

export interface Ready {
  readonly seq: number
  readonly snapshot: number
  readonly replayed: number
}

export class EngineProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'cambium-engine-'))
  readonly data = join(this.folder, 'data')
  readonly socket = join(this.folder, 'engine.sock')
  #child: ChildProcess | undefined
  #clients: EngineClient[] = []

  /** Resolves with the ready line; rejects with what the engine wrote to stderr when it exits instead. */
  async start(...options: string[]): Promise<Ready> {
    const args = [main, '--data', this.data, '--socket', this.socket, '--segment-bytes', '262144', ...options]
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    })
    this.#child = child
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    return new Promise((resolve, reject) => {
      child.stdout.once('data', (line: Buffer) => {
        resolve(JSON.parse(line.toString()) as Ready)
      })
      child.once('close', () => {
        reject(new Error(errors))
      })
    })
  }

  client(): EngineClient {
    const client = connectEngine({ socket: this.socket })
    this.#clients.push(client)
    return client
  }

  /** Sends the signal and resolves with the exit code once the process is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    const closed = once(child, 'close')
    child.kill(signal)
    await closed
    return child.exitCode
  }

  async dispose(): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.stop('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}
