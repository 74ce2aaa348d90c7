/** The processes a bench measures against each other: held, on a core of their own where they can be. */
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { endProcess, spawnHeld } from '../../kernel/supervisor/index.ts'

const taskset = ['/usr/bin/taskset', '/bin/taskset'].find((path) => existsSync(path))

/** The last core: the first ones take most interrupts. Undefined where a process cannot be kept on one. */
export const measuredCore = taskset && availableParallelism() > 1 ? availableParallelism() - 1 : undefined

/** A child that answers each line on its input with a line of JSON. */
export class LineProcess {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(command: string, args: readonly string[], { isPinned }: { isPinned: boolean }) {
    const pin = isPinned && taskset && measuredCore !== undefined ? [taskset, '-c', String(measuredCore)] : []
    const [program, ...rest] = [...pin, command, ...args] as [string, ...string[]]
    this.#child = spawnHeld(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]()
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** What it says next, asked or unasked. */
  async line<Answer>(): Promise<Answer> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('a process of the bench ended before it answered')
    return JSON.parse(value as string) as Answer
  }

  /** What it said last, once it has ended. */
  async lastLine<Answer>(): Promise<Answer> {
    let last: string | undefined
    for (let next = await this.#lines.next(); !next.done; next = await this.#lines.next()) last = next.value
    if (last === undefined) throw new Error('a process of the bench ended without a word')
    return JSON.parse(last) as Answer
  }

  ask<Answer>(question = ''): Promise<Answer> {
    this.#child.stdin!.write(`${question}\n`)
    return this.line<Answer>()
  }

  async end(): Promise<void> {
    await endProcess(this.#child, 20_000)
  }
}
