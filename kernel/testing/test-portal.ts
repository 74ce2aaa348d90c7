import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { builtApp, freePort } from '../setup/index.ts'

/** The portal as users get it, rendering on behalf of a test's kernel. */
export interface TestPortal {
  /** The page as the server renders it for who has this session. */
  render(place: string, cookie: string): Promise<{ readonly status: number; readonly html: string }>
  /** What it complained of so far. */
  readonly complaints: readonly string[]
  stop(): Promise<void>
}

const READY_WITHIN_MS = 30_000
const READY_POLL_MS = 50

export async function startTestPortal(kernelOrigin: string): Promise<TestPortal> {
  const program = path.join(builtApp('portal-nuxt'), 'server/index.mjs')
  if (!existsSync(program)) throw new Error('The portal is not built yet; say once: npm run build')
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [program], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NITRO_HOST: '127.0.0.1',
      NITRO_PORT: String(port),
      NUXT_API_ORIGIN: kernelOrigin,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const complaints: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
  const stop = () => end(child)
  try {
    await untilAnswers(origin, child)
  } catch (error) {
    await stop()
    throw new Error(`The portal did not start: ${complaints.join('')}`, { cause: error })
  }
  return {
    complaints,
    stop,
    render: async (place, cookie) => {
      const response = await fetch(origin + place, { headers: { cookie }, redirect: 'manual' })
      return { status: response.status, html: await response.text() }
    },
  }
}

async function untilAnswers(origin: string, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + READY_WITHIN_MS; ; await pause(READY_POLL_MS)) {
    const response = await fetch(origin).catch(() => undefined)
    await response?.arrayBuffer()
    if (response) return
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`Nothing answers at ${origin}.`)
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill()
  await ended
}
