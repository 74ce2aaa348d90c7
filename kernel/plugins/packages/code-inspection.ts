import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { InspectedMigration } from '../dry-run.ts'
import { packagesRefusals } from './refusals.ts'

/** What a bundle says of itself when it is evaluated. */
export interface InspectedCode {
  /** JSON, as `plugin.ts` declares it. */
  readonly manifest: string
  readonly migrations: readonly InspectedMigration[]
}

export interface InspectionRequest {
  readonly code: string
  readonly pluginId: string
  /** Known to the process's own code only: what the package sends is not taken for its answer. */
  readonly token: string
}

export interface InspectionReply {
  readonly token: string
  readonly inspected?: InspectedCode
  readonly reason?: string
}

export interface InspectionLimits {
  readonly timeoutMs: number
  readonly heapMegabytes: number
}

export const inspectionLimits: InspectionLimits = { timeoutMs: 20_000, heapMegabytes: 128 }

const program = fileURLToPath(new URL('inspect-code.ts', import.meta.url))
const kernelDirectory = fileURLToPath(new URL('../..', import.meta.url))

/** Node's own modules beside, these are all the files the process may read. */
function readableFolders(): readonly string[] {
  const { resolve } = createRequire(import.meta.url)
  const folders = ['knex', 'typebox'].map((name) => {
    const file = resolve(name)
    return file.slice(0, file.lastIndexOf(`${path.sep}node_modules${path.sep}`) + '/node_modules'.length)
  })
  return [...new Set([kernelDirectory, path.join(kernelDirectory, '..', 'package.json'), ...folders])]
}

/**
 * Evaluates a package's code where it can do no harm: another process without environment, files, children, threads,
 * addons or network, with a memory cap and a time limit. Throws `plugins.package_code_failed` with what became of it.
 */
export async function inspectCode(
  { code, pluginId }: { readonly code: string; readonly pluginId: string },
  { timeoutMs, heapMegabytes } = inspectionLimits,
): Promise<InspectedCode> {
  const child = fork(program, {
    cwd: kernelDirectory,
    env: {},
    execArgv: [
      '--permission',
      ...readableFolders().map((folder) => `--allow-fs-read=${folder}`),
      `--max-old-space-size=${heapMegabytes}`,
      '--disable-warning=ExperimentalWarning',
    ],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  try {
    const { inspected, reason } = await answerOf(child, { code, pluginId, token: randomUUID() }, timeoutMs)
    if (inspected) return inspected
    throw packagesRefusals.package_code_failed({ reason: reason ?? 'It gave no answer.' })
  } finally {
    child.kill('SIGKILL')
  }
}

function answerOf(
  child: ChildProcess,
  request: InspectionRequest,
  timeoutMs: number,
): Promise<InspectionReply> {
  const { promise, resolve } = Promise.withResolvers<InspectionReply>()
  const fail = (reason: string): void => resolve({ token: request.token, reason })
  const timer = setTimeout(() => {
    fail(`Reading its manifest took longer than ${timeoutMs} ms.`)
  }, timeoutMs)
  let complaint = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    if (complaint.length < 2_000) complaint += chunk.toString()
  })
  child.on('message', (reply: InspectionReply) => {
    if (reply.token === request.token) resolve(reply)
  })
  child.once('error', (error) => fail(error.message))
  // Its channel is empty and its last words are read by then.
  child.once('close', (code, signal) => fail(ending(code, signal, complaint)))
  child.send(request, (error) => error && fail(error.message))
  return promise.finally(() => clearTimeout(timer))
}

function ending(code: number | null, signal: string | null, complaint: string): string {
  if (/heap out of memory|heap limit/i.test(complaint)) {
    return 'It used up the memory it may have while its manifest was read.'
  }
  return `It ended the process (${signal ?? `code ${code}`}) while its manifest was read.`
}
