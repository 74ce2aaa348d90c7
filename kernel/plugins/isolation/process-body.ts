import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Body, BodyEnd } from './body.ts'
import { environment, wallFor } from './process-wall.ts'

const LAST_WORDS_MAX = 4_000
const PAGE_BYTES = 4_096
const outOfMemory = /heap out of memory|Allocation failed/

/**
 * A process behind the strongest wall there is, with Node's permission model on and nothing allowed: it reads its
 * program from its input, and no file at all.
 */
export async function startProcess(program: string, memoryMb: number, pluginId: string): Promise<Body> {
  const wall = await wallFor(pluginId)
  const node = [
    process.execPath,
    '--permission',
    `--max-old-space-size=${memoryMb}`,
    '--no-warnings',
    '--input-type=commonjs',
    '-',
  ]
  const [command = '', ...args] = [...wall.command, ...node]
  const child = spawn(command, args, {
    stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
    env: environment(),
    cwd: '/',
  })
  let lastWords = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS_MAX)
  })
  const listeners: ((end: BodyEnd) => void)[] = []
  let isEnded = false
  const finish = (end: BodyEnd): void => {
    isEnded = true
    for (const listener of listeners.splice(0)) listener(end)
  }
  child.on('error', (error) => finish({ kind: 'crash', message: error.message }))
  child.on('close', (code, signal) => {
    const kind = outOfMemory.test(lastWords) ? 'memory' : 'crash'
    const how = signal ? `by ${signal}` : `with code ${code}`
    finish({ kind, message: [`The process ended ${how}.`, lastWords.trim()].join('\n').trim() })
  })
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(program)
  return {
    port: {
      // A process that is gone hears nothing; its end is told apart.
      post: (message) => void (child.connected && child.send(message as object, () => undefined)),
      listen: (onMessage) => child.on('message', onMessage),
    },
    onEnd: (listener) => listeners.push(listener),
    residentBytes: () => residentBytes(child.pid),
    end: async () => {
      if (isEnded) return
      const closed = once(child, 'close')
      child.kill('SIGKILL')
      await closed
    },
  }
}

/** From the kernel's own books, not from what the process says of itself. */
function residentBytes(pid: number | undefined): number | undefined {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
    return Number(pages) * PAGE_BYTES
  } catch {
    return undefined
  }
}
